"""The graph that each capability comes to on each cloud, recorded: a change shows in a diff, a rename needs an alias.

`make golden` records again. The graph is the real engine's own preview of a stack against the stand-in, so it holds
what the cloud would be asked for, with values that only the cloud gives left open.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.engine

HERE = Path(__file__).parent
OPEN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that is not known yet (Pulumi's `UnknownStringValue`)."""
CAPABILITIES = {
    "account": "Account",
    "key_ring": "KeyRing",
    "network": "Network",
    "object_store": "ObjectStore",
    "shared_filesystem": "SharedFilesystem",
    "gpu_cluster": "GpuCluster",
    "interconnect": "Interconnect",
    "identity": "Identity",
    "training_job": "TrainingJob",
    "inference_service": "InferenceService",
}

ELSEWHERE = {("onprem", "interconnect")}
"""What a platform's stack leaves to another one: both ends of a link are the hybrid stack's."""

_SUFFIX = re.compile(r"[0-9a-f]{7}$")
"""What the engine adds to the names of storage accounts and vaults on Azure, without a hyphen."""

Graph = list[dict[str, Any]]


def graph(resources: Sequence[Mapping[str, Any]], component: str) -> Graph:
    """Give the graph of one capability: the component, and everything below it, in a stable order."""
    mine = [one for one in resources if f"causeway:index:{component}" in one["urn"].split("::")[2]]
    return sorted((_plain(one) for one in mine), key=lambda one: (one["type"], one["name"]))


def _plain(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": one["type"],
        "name": one["urn"].rpartition("::")[2],
        "parent": "::".join(one.get("parent", "").split("::")[-2:]).rpartition("$")[2],
        "protect": one.get("protect", False),
        "inputs": _steady(one.get("inputs", {})),
    }


def _steady(value: Any) -> Any:
    """Leave out what differs from run to run: suffixes of names, marks of secrets, this Python's path."""
    if isinstance(value, dict):
        return {
            key: _SUFFIX.sub("*******", _steady(inner))
            if key in {"accountName", "vaultName"}
            else _steady(inner)
            for key, inner in sorted(value.items())
            if key not in {"__defaults", "ciphertext"}
        }
    if isinstance(value, list):
        return [_steady(inner) for inner in value]
    if isinstance(value, str):
        value = value.replace(OPEN, "<open>").replace(sys.executable, "<python>")
        return re.sub(r"-[0-9a-f]{7}(?![0-9a-zA-Z])", "-*******", value)
    return value


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_the_graph_is_the_recorded_one(
    capability: str, cloud: str, resources: Sequence[Mapping[str, Any]], request: pytest.FixtureRequest
) -> None:
    """Types, names, parents, protection and inputs are those of the record; a rename is told apart from a change."""
    file, found = HERE / cloud / f"{capability}.json", graph(resources, CAPABILITIES[capability])
    assert bool(found) is ((cloud, capability) not in ELSEWHERE), f"{capability} in the stack of {cloud}"
    if not found:
        return
    if request.config.getoption("--record-golden", default=False):
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    recorded = json.loads(file.read_text(encoding="utf-8"))
    assert renamed(recorded, found, aliases(resources)) == []
    assert found == recorded


def aliases(resources: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Give type and name of everything that a resource says it was called before."""
    urns = [str(alias) for one in resources for alias in one.get("aliases") or ()]
    return {(urn.split("::")[2].rpartition("$")[2], urn.rpartition("::")[2]) for urn in urns}


def renamed(recorded: Graph, found: Graph, known: set[tuple[str, str]]) -> list[str]:
    """Name what is gone without an alias: an engine would delete it and make a new one."""
    there = {(one["type"], one["name"]) for one in found} | known
    return [
        f"{one['type']} {one['name']} is gone: give its successor an alias, or record its end"
        for one in recorded
        if (one["type"], one["name"]) not in there
    ]


def test_a_rename_without_an_alias_is_told() -> None:
    """The same bucket under a new name is gone; with an alias it is not."""
    old: Graph = [{"type": "aws:s3/bucket:Bucket", "name": "old"}]
    new: Graph = [{"type": "aws:s3/bucket:Bucket", "name": "new"}]
    assert renamed(old, new, set()) == [
        "aws:s3/bucket:Bucket old is gone: give its successor an alias, or record its end"
    ]
    was = {"aliases": ["urn:pulumi:s::p::causeway:index:ObjectStore$aws:s3/bucket:Bucket::old"]}
    assert renamed(old, new, aliases([was])) == []
