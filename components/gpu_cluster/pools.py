"""Node pools: how many machines of which type, for what, and where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from components.reading import Reader
from infra.platforms import Platform

PURPOSES = ("system", "training", "serving")


class NodePoolArgs(TypedDict):
    """A set of equal machines with one purpose."""

    machine: str
    """A machine type of the platform, as `causeway machines` lists them."""
    purpose: str
    """system, training or serving; it decides taints, placement and upgrade order."""
    nodes: NotRequired[int]
    """How many machines. Default: 1."""
    min_nodes: NotRequired[int]
    """The fewest machines when it scales. Default: `nodes`."""
    max_nodes: NotRequired[int]
    """The most machines when it scales. Default: `nodes`."""
    zone: NotRequired[str]
    """The one zone of a pool with a fabric. Default: the network's first zone."""
    capacity: NotRequired[Any]
    """Where the machines come from; required for machines of eight accelerators. Default: on-demand."""
    options: NotRequired[dict[str, Any]]
    """Platform arguments merged last into the pool. Default: none."""


@dataclass(frozen=True)
class NodePoolSpec:
    """The checked form of `NodePoolArgs`, every field present."""

    name: str
    platform: Platform
    machine: str
    purpose: str
    nodes: int
    min_nodes: int
    max_nodes: int
    zone: str | None
    capacity: str | Mapping[str, Any] | None
    options: Mapping[str, Any]


def parse_pools(platform: Platform, outer: Reader) -> dict[str, NodePoolSpec]:
    """Check every pool; mistakes are noted on the outer reader with the pool's name."""
    return {name: _pool(name, platform, args, outer) for name, args in outer.mapping("pools").items()}


def _pool(name: str, platform: Platform, args: Mapping[str, Any], outer: Reader) -> NodePoolSpec:
    reader = outer.inside(f"pools.{name}", args, NodePoolArgs.__annotations__)
    nodes = reader.whole("nodes", 1, 0, 10_000)
    spec = NodePoolSpec(
        name=name,
        platform=platform,
        machine=reader.text("machine"),
        purpose=reader.choice("purpose", PURPOSES),
        nodes=nodes,
        min_nodes=reader.whole("min_nodes", nodes, 0, 10_000),
        max_nodes=reader.whole("max_nodes", nodes, 0, 10_000),
        zone=reader.text("zone", "") or None,
        capacity=reader.flowing("capacity"),
        options=reader.mapping("options"),
    )
    if not spec.min_nodes <= spec.nodes <= spec.max_nodes:
        bounds = f"min_nodes {spec.min_nodes}, nodes {spec.nodes}, max_nodes {spec.max_nodes}"
        reader.refuse("nodes", f"given {bounds}", "min_nodes <= nodes <= max_nodes")
    return spec
