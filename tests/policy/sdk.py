"""What the installed SDKs say about a resource type: its inputs by wire name, read from their source, not imported."""

import importlib.util
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PACKAGES = {
    "aws": "pulumi_aws",
    "gcp": "pulumi_gcp",
    "azure-native": "pulumi_azure_native",
    "kubernetes": "pulumi_kubernetes",
}
"""Package of a type token to the installed module."""

CUSTOM = frozenset(
    {
        "kubernetes:ceph.rook.io/v1:CephCluster",
        "kubernetes:ceph.rook.io/v1:CephObjectStore",
        "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
        "kubernetes:karpenter.sh/v1:NodePool",
    }
)
"""Types that operators define in the cluster: no SDK knows what stands below `spec`."""

_GETTER = re.compile(
    r"@pulumi\.getter(?:\(name=\"(?P<wire>[^\"]+)\"\))?\n(?:    @_utilities\.deprecated\(.*?\)\n)?"
    r"    def (?P<python>\w+)\(self\) -> (?P<kind>.*?):\n",
    re.DOTALL,
)


def inputs(token: str) -> Mapping[str, str]:
    """Give the inputs of a type: wire name to the SDK's annotation.

    Raises:
        LookupError: The SDK has no such type.
    """
    if token in CUSTOM:
        return dict.fromkeys(("apiVersion", "kind", "metadata", "spec"), "Any")
    file = _file(token)
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if f"'{token}'" not in text:
        raise LookupError(f"no SDK has the type {token}: looked in {file}")
    body = re.split(r"^class ", text, flags=re.MULTILINE)[1]
    return _getters(body)


def nested(token: str, annotation: str) -> Mapping[str, str] | None:
    """Give the fields of an object-typed input; None when the annotation names no object of the SDK."""
    if token in CUSTOM:
        return None
    named = re.search(r"'(?:[\w.]*\.)?(\w+Args)'", annotation)
    return _classes(_inputs_file(token, annotation)).get(named.group(1)) if named else None


def has(token: str, path: str) -> bool:
    """Tell whether a property path exists; below free-form maps everything does."""
    names = [part for part in re.findall(r"[^.\[\]{}*\d][^.\[\]{}*]*", path) if part]
    fields: Mapping[str, str] | None = inputs(token)
    for name in names:
        if fields is None:
            return True
        if name not in fields:
            return False
        fields = nested(token, fields[name])
    return True


def _file(token: str) -> Path:
    package, module, name = token.split(":")
    root = _root(package)
    if package == "kubernetes":
        group, version = module.split("/")
        return root / group.split(".")[0] / version / f"{name}.py"
    return root / module.split("/", 1)[0] / f"{_snake(name)}.py"


def _inputs_file(token: str, annotation: str) -> Path:
    package = token.split(":", 1)[0]
    other = re.search(r"'_(\w+)\.(\w+)\.\w+Args'", annotation)
    if package == "kubernetes" and other:
        return _root(package) / other.group(1) / other.group(2) / "_inputs.py"
    return _file(token).parent / "_inputs.py"


@cache
def _root(package: str) -> Path:
    spec = importlib.util.find_spec(PACKAGES[package])
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@cache
def _classes(file: Path) -> Mapping[str, Mapping[str, str]]:
    pieces = re.split(r"^class (\w+)(?:\(.*\))?:\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        name: _getters(body)
        for name, body in zip(pieces[::2], pieces[1::2], strict=True)
        if name.endswith("Args")
    }


def _getters(body: str) -> Mapping[str, str]:
    return {match["wire"] or match["python"]: match["kind"] for match in _GETTER.finditer(body)}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
