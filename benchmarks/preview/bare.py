"""The program to measure against: it registers the recorded resources one by one, with no thought at all.

It loads the SDK's class of every resource, as a hand-written program does, but fills none: that makes it a little
faster than anything that a person would write.
"""

import contextlib
import importlib
import json
from pathlib import Path
from typing import Any

import pulumi

SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the engine's mark of a secret, published
ASSET = "c44067f5952c0a294b673a41bacd8c17"


def plain(value: Any) -> Any:
    """Give a recorded value as a program writes it."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get(SECRET) == "1b47061264138c4ac30d75fd1eb44270":
        return pulumi.Output.secret(plain(json.loads(value["plaintext"])))
    if value.get(SECRET) == ASSET:
        return pulumi.StringAsset(value["text"])
    return {key: plain(one) for key, one in value.items() if not key.startswith("__")}


def typed(token: str) -> None:
    """Load the class that a program would name for a resource: the SDKs are lazy, and load by class."""
    package, module, name = token.split(":")
    root = importlib.import_module(f"pulumi_{package.replace('-', '_')}")
    if package == "pulumi" or module == "providers":
        return
    folder = (
        module.partition("/")[0]
        if package != "kubernetes"
        else module.replace("/", ".").replace(".k8s.io", "")
    )
    with contextlib.suppress(ModuleNotFoundError):  # a custom resource of Kubernetes has no class
        root = importlib.import_module(f"{root.__name__}.{folder}") if folder != "index" else root
        getattr(root, name)


def register(one: dict[str, Any], made: dict[str, pulumi.Resource]) -> pulumi.Resource:
    """Register one resource below and after those that were made before it."""
    token, name = one["type"], one["urn"].rpartition("::")[2]
    props = plain(one.get("inputs", {}))
    options = pulumi.ResourceOptions(
        parent=made.get(one.get("parent", "")),
        protect=one.get("protect"),
        depends_on=[made[urn] for urn in one.get("dependencies", ())],
    )
    if token.startswith("pulumi:providers:"):
        importlib.import_module(f"pulumi_{token.rpartition(':')[2].replace('-', '_')}")
        version = props.pop("version", None)
        return pulumi.ProviderResource(
            token.rpartition(":")[2],
            name,
            props,
            pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(version=version)),
        )
    if not one["custom"]:
        return pulumi.ComponentResource(token, name, props, options)
    provider = made.get(one.get("provider", "").rpartition("::")[0])
    assert provider is None or isinstance(provider, pulumi.ProviderResource)
    typed(token)
    with_provider = pulumi.ResourceOptions(provider=provider)
    return pulumi.CustomResource(token, name, props, pulumi.ResourceOptions.merge(options, with_provider))


def main() -> None:
    """Register all, in the order of the recording."""
    made: dict[str, pulumi.Resource] = {}
    for one in json.loads(Path("resources.json").read_text(encoding="utf-8")):
        made[one["urn"]] = register(one, made)


if __name__ == "__main__":
    main()
