"""The program to measure against: it registers the recorded resources one by one, with no thought at all.

It makes each by the SDK's class, as a hand-written program does, so that it has the outputs that every such resource
has. Its values are all known before it starts: that makes it a little faster than anything that a person would write.
"""

import importlib
import json
from pathlib import Path
from typing import Any

import pulumi
from pulumi._types import input_type_py_to_pulumi_names

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


def kind(token: str) -> tuple[type[pulumi.CustomResource], type[Any]] | None:
    """Find the class that a program would name for a resource, and that of its arguments."""
    package, module, name = token.split(":")
    root = f"pulumi_{package.replace('-', '_')}"
    below = module.replace("/", ".").replace(".k8s.io", "").replace("helm.sh", "helm")
    folder = below if package == "kubernetes" else below.partition(".")[0]
    try:  # a custom resource of Kubernetes has no class
        home = importlib.import_module(root if folder == "index" else f"{root}.{folder}")
    except ModuleNotFoundError:
        return None
    given = getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args")
    return getattr(home, name), given


def register(one: dict[str, Any], made: dict[str, pulumi.Resource]) -> pulumi.Resource:
    """Register one resource below and after those that were made before it."""
    token, name = one["type"], one["urn"].rpartition("::")[2]
    props = plain(one.get("inputs", {}))
    options = pulumi.ResourceOptions(
        parent=made.get(one.get("parent", "")),
        protect=one.get("protect"),
        depends_on=[made[urn] for urn in one.get("dependencies", ()) if urn in made],
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
    full = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(provider=provider))
    found = kind(token)
    if found is None:
        return pulumi.CustomResource(token, name, props, full)
    made_by, args = found
    names = {wire: ours for ours, wire in input_type_py_to_pulumi_names(args).items()}
    # the SDK calls an input so that would hide the resource's own name
    names["resourceName"] = "resource_name_"
    return made_by(name, **{names[key]: value for key, value in props.items()}, opts=full)


def main() -> None:
    """Register all, in the order of the recording."""
    made: dict[str, pulumi.Resource] = {}
    for one in json.loads(Path("resources.json").read_text(encoding="utf-8")):
        made[one["urn"]] = register(one, made)


if __name__ == "__main__":
    main()
