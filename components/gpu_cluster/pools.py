"""Node pools: how many machines of which type, for what, and where they come from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from components.reading import Reader
from infra import capacity
from infra.capacity import Capacity, Contradiction
from infra.catalog import machines
from infra.catalog.machines import Machine
from infra.catalog.rows import CatalogError
from infra.platforms import Platform
from infra.problems import Problem, ProblemsError

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
    machine: Machine
    purpose: str
    nodes: int
    min_nodes: int
    max_nodes: int
    zone: str | None
    capacity: Capacity
    options: Mapping[str, Any]
    warnings: tuple[Contradiction, ...]

    @property
    def fabric(self) -> bool:
        """Whether its machines join their fabric: training crosses machines, a server stays inside one."""
        return self.purpose == "training" and self.machine.link is not None

    @property
    def scarce(self) -> bool:
        """Whether a spare machine for an upgrade cannot be counted on."""
        return self.fabric or self.machine.gpus >= 8 or self.capacity.kind in {"reserved", "capacity-block"}

    def described(self) -> dict[str, Any]:
        """Give what a workload needs to know of it."""
        model = self.machine.accelerator.model if self.machine.accelerator else "cpu"
        return {
            "machine": self.machine.name,
            "nodes": self.nodes,
            "accelerator": model,
            "accelerators": self.machine.gpus,
            "fabric": self.fabric,
        }


def parse_pools(platform: Platform, region: str, outer: Reader) -> dict[str, NodePoolSpec]:
    """Check every pool; mistakes are noted on the outer reader with the pool's name."""
    found = (_pool(name, platform, region, args, outer) for name, args in outer.mapping("pools").items())
    return {pool.name: pool for pool in found if pool}


def stands(pool: NodePoolSpec) -> bool:
    """Tell whether a pool always has a node for the cluster's own parts."""
    return pool.purpose == "system" and pool.min_nodes > 0


def unmanned(pools: Iterable[NodePoolSpec]) -> list[Problem]:
    """Find that a cluster has nowhere to run its own parts."""
    if any(map(stands, pools)):
        return []
    text = "none is a system pool with a node that stays"
    return [
        Problem("pools", text, "at least one pool with purpose: system, for names, disks and controllers")
    ]


def _pool(
    name: str, platform: Platform, region: str, args: Mapping[str, Any], outer: Reader
) -> NodePoolSpec | None:
    reader = outer.inside(f"pools.{name}", args, NodePoolArgs.__annotations__)
    nodes = reader.whole("nodes", 1, 0, 10_000)
    least, most = (reader.whole(bound, nodes, 0, 10_000) for bound in ("min_nodes", "max_nodes"))
    purpose = reader.choice("purpose", PURPOSES)
    if not least <= nodes <= most:
        given = f"given min_nodes {least}, nodes {nodes}, max_nodes {most}"
        reader.refuse("nodes", given, "min_nodes <= nodes <= max_nodes")
    machine = _machine(platform, reader)
    source = _capacity(reader, machine) if machine else None
    if machine is None or source is None:
        return None
    found = capacity.check(
        machine,
        source,
        placement=capacity.placement_for(machine, source) if purpose == "training" else None,
        nodes=nodes,
        min_nodes=least,
        max_nodes=most,
        region=region or None,
    )
    for one in found:
        if one.severity == "error":
            reader.refuse("capacity", f"{one.text} [{one.rule}]", one.fix)
    return NodePoolSpec(
        name=name,
        machine=machine,
        purpose=purpose,
        nodes=nodes,
        min_nodes=least,
        max_nodes=most,
        zone=reader.text("zone", "") or None,
        capacity=source,
        options=reader.mapping("options"),
        warnings=tuple(one for one in found if one.severity == "warning"),
    )


def _machine(platform: Platform, reader: Reader) -> Machine | None:
    try:
        return machines.get(platform, reader.text("machine"))
    except CatalogError as error:
        reader.refuse("machine", str(error))
        return None


def _capacity(reader: Reader, machine: Machine) -> Capacity | None:
    try:
        return capacity.parse(reader.flowing("capacity"), machine)
    except ProblemsError as error:
        for problem in error.problems:
            reader.refuse(problem.where, problem.text, problem.allowed, problem.suggestion)
        return None
