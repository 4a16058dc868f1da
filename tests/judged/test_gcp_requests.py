"""Judges that Google wrote: discovery documents of its APIs judge what our Google Cloud stacks ask for.

The inputs are those of the recorded graphs (tests/golden/gcp), and those of a pool of every machine from every source;
`google_requests.toml` says which schema carries which property.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from google_discovery import TABLE, Judge, facts

from components.gpu_cluster.gcp import node_pool
from components.gpu_cluster.shape import parse
from infra.catalog import machines

GOLDEN = Path(__file__).parents[1] / "golden" / "gcp"
POOL = "gcp:container/nodePool:NodePool"

SOURCES: Mapping[str, Mapping[str, Any]] = {
    "reserved": {"capacity": {"reserved": {"id": "mine", "group": "ours"}}},
    "spot": {"capacity": {"spot": {"fallback": "on-demand"}}},
    "on-demand": {"capacity": "on-demand"},
    "flex-start": {"capacity": {"flex-start": "24h"}, "nodes": 0, "min_nodes": 0},
}
"""By kind of capacity: what a pool says of it."""

LEAST = {"ct5p-hightpu-2t": 2}
"""Machines of which one alone is no slice."""

AS_THEY_ARE = {"labels", "metadata", "resource_labels"}
"""Properties whose keys are names that somebody chose."""


def recorded() -> Iterator[Mapping[str, Any]]:
    """Give every Google Cloud resource of the recorded graphs."""
    for file in sorted(GOLDEN.glob("*.json")):
        graph = json.loads(file.read_text(encoding="utf-8"))
        yield from (one for one in graph if one["type"].startswith("gcp:"))


TYPES = sorted({one["type"] for one in recorded()})


@pytest.mark.parametrize("token", TYPES)
def test_google_takes_every_input(token: str) -> None:
    """No property of a recorded resource is unknown, read-only, outside its closed set or of the wrong form."""
    refused = {
        one["name"]: told
        for one in recorded()
        if one["type"] == token and (told := list(Judge(token).problems(one["inputs"])))
    }
    assert refused == {}


def test_every_recorded_type_has_a_schema() -> None:
    """A new resource type comes with the schema that judges it, or says that no body carries it."""
    assert set(TYPES) <= TABLE.keys()
    for row in TABLE.values():
        document, _, schema = row.get("schema", "").rpartition(".")
        assert not schema or schema in facts()[document]["schemas"]


def wire(value: Any, name: str = "") -> Any:
    """Spell arguments of the SDK as its provider gets them."""
    if isinstance(value, dict):
        own = name in AS_THEY_ARE
        return {key if own else _camel(key): wire(inner, key) for key, inner in value.items()}
    return [wire(one) for one in value] if isinstance(value, list | tuple) else value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("machine", [one.name for one in machines.all("gcp")])
def test_google_takes_a_pool_of_every_machine(machine: str, source: str) -> None:
    """GPUs, TPUs, disks, huge pages, placement and every way to buy are written in GKE's own words."""
    nodes = LEAST.get(machine, 1)
    one = {"machine": machine, "purpose": "training", "nodes": nodes, "max_nodes": nodes, **SOURCES[source]}
    args: Any = {"platform": "gcp", "pools": {"it": one}}
    pool = parse(args).pools["it"]
    places = node_pool.zones(pool, ["us-central1-a"])
    given = {
        "node_config": node_pool.node(pool, key="k", account="a", labels={"team": "ml"}),
        **node_pool.size(pool, places),
        **node_pool.upkeep(pool),
        **node_pool.placement(pool),
        **node_pool.bought(pool)[1],
    }
    assert list(Judge(POOL).problems(wire(given))) == []


@pytest.mark.parametrize(
    ("token", "inputs", "said"),
    [
        ("container/nodePool:NodePool", {"nodeConfig": {"machineTyp": "a"}}, "near are ['machineType'"),
        ("container/nodePool:NodePool", {"upgradeSettings": {"strategy": "SURGES"}}, "is none of"),
        ("container/nodePool:NodePool", {"nodeConfig": {"taints": [{"effect": "NoSchedule"}]}}, "is none of"),
        ("container/nodePool:NodePool", {"autoscaling": {"totalMinNodeCount": "few"}}, "is no integer"),
        ("container/cluster:Cluster", {"selfLink": "x"}, "written by Google alone"),
        ("compute/network:Network", {"name": "No_Such"}, "is not of the form"),
        ("compute/firewall:Firewall", {"direction": "INWARDS"}, "is none of"),
        ("kms/cryptoKey:CryptoKey", {"rotationPeriod": "90d"}, "is no google-duration"),
        ("kms/cryptoKey:CryptoKey", {"versionTemplate": {"protectionLevel": "HARD"}}, "is none of"),
        ("compute/interconnect:Interconnect", {"requestedFeatures": ["MAC"]}, "is none of"),
        ("kms/keyRing:KeyRing", {"labels": {"a": "b"}}, "no request carries it"),
    ],
)
def test_what_google_refuses_is_told(token: str, inputs: dict[str, Any], said: str) -> None:
    """Unknown and read-only properties, values outside their set and values of the wrong form are named."""
    assert said in "; ".join(Judge(f"gcp:{token}").problems(inputs))
