"""Node pools: how many machines of which type, for what, and where they come from.

A pool whose machines come from several sources is several node pools, one a share; workloads see the one pool that
was written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from components.reading import Reader
from infra import capacity
from infra.capacity import Base, Capacity, Contradiction, Mixed, Part, Spot, Static
from infra.catalog import machines, room
from infra.catalog.machines import Machine
from infra.catalog.rows import CatalogError
from infra.platforms import Platform
from infra.problems import Problem, ProblemsError

PURPOSES = ("system", "training", "serving")

JOINS = ("link", "domain", "topology")
"""What makes several machines one: a fabric, a domain of NVLink, a slice of TPUs; servers use none of them."""


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
    disk_gib: NotRequired[int]
    """The root disk of each machine in GiB, on clouds (30 to 2048). Default: by purpose, 50 to 256."""
    capacity: NotRequired[Any]
    """Where the machines come from; required for machines of eight accelerators. Default: on-demand.

    The shares of a mixed one add up to `nodes` and become a node pool each, `train-reserved` beside `train-spot`, on
    which pods of the pool run alike. The first share takes of `min_nodes` first; what `max_nodes` allows above
    `nodes` is the last one's."""
    options: NotRequired[dict[str, Any]]
    """Platform arguments merged last into the pool. Default: none."""


@dataclass(frozen=True)
class NodePoolSpec:
    """The checked form of `NodePoolArgs`, or of one share of it, every field present."""

    name: str
    """Its own name, which no other node pool of the cluster has."""
    written: str
    """The name of the pool as written, which its nodes carry as the label `causeway/pool`; shares have it in common."""
    machine: Machine
    purpose: str
    nodes: int
    min_nodes: int
    max_nodes: int
    zone: str | None
    disk_gib: int
    """Its machines' root disks; 0 where they have the disks that they have."""
    capacity: Base | Static
    options: Mapping[str, Any]
    warnings: tuple[Contradiction, ...]

    @property
    def fabric(self) -> bool:
        """Whether its machines join their fabric: training crosses machines, a server stays inside one."""
        return self.purpose == "training" and self.machine.link is not None

    @property
    def scarce(self) -> bool:
        """Whether a spare machine for an upgrade cannot be counted on, as of every type that has a fabric."""
        bought = self.capacity.kind in {"reserved", "capacity-block"}
        return bought or self.machine.link is not None or self.machine.gpus >= 8


def described(pools: Iterable[NodePoolSpec]) -> dict[str, dict[str, Any]]:
    """Give what a workload needs to know of each pool as written, its shares counted together."""
    found: dict[str, dict[str, Any]] = {}
    for pool in pools:
        before = found.get(pool.written, {}).get("nodes", 0)
        found[pool.written] = {
            "machine": pool.machine.name,
            "nodes": before + pool.nodes,
            "accelerator": pool.machine.accelerator.model if pool.machine.accelerator else "cpu",
            "accelerators": pool.machine.gpus,
            "fabric": pool.fabric,
        }
    return found


def labels(pools: Iterable[NodePoolSpec]) -> list[str]:
    """Give the values that the label `causeway/pool` has on the nodes of the pools, each once."""
    return list(dict.fromkeys(pool.written for pool in pools))


def parse_pools(platform: Platform, region: str, outer: Reader) -> dict[str, NodePoolSpec]:
    """Check every pool; mistakes are noted on the outer reader with the pool's name.

    Returns:
        Node pools by their own name: a mixed pool is one for each share.
    """
    written = outer.mapping("pools")
    found = [pool for name, args in written.items() for pool in _pools(name, platform, region, args, outer)]
    for pool in found:
        if pool.name != pool.written and pool.name in written:
            text = f"is the name of a share of pools.{pool.written}"
            outer.refuse(f"pools.{pool.name}", text, "another name")
    return {pool.name: pool for pool in found}


def only_on(pools: Iterable[NodePoolSpec]) -> dict[str, Any]:
    """Give the node affinity of what runs on the nodes of these pools and on no other."""
    named = {"key": "causeway/pool", "operator": "In", "values": labels(pools)}
    terms = [{"matchExpressions": [named]}]
    return {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}


def stands(pool: NodePoolSpec) -> bool:
    """Tell whether a pool always has a node for the cluster's own parts; spot machines can all be taken away."""
    return pool.purpose == "system" and pool.min_nodes > 0 and not isinstance(pool.capacity, Spot)


def unmanned(pools: Iterable[NodePoolSpec]) -> list[Problem]:
    """Find that a cluster has nowhere to run its own parts."""
    if any(map(stands, pools)):
        return []
    text = "none is a system pool with a node that stays"
    return [
        Problem("pools", text, "at least one pool with purpose: system, for names, disks and controllers")
    ]


def _pools(
    name: str, platform: Platform, region: str, args: Mapping[str, Any], outer: Reader
) -> list[NodePoolSpec]:
    reader = outer.inside(f"pools.{name}", args, NodePoolArgs.__annotations__)
    nodes = reader.whole("nodes", 1, 0, 10_000)
    least, most = (reader.whole(bound, nodes, 0, 10_000) for bound in ("min_nodes", "max_nodes"))
    purpose = reader.choice("purpose", PURPOSES)
    if not least <= nodes <= most:
        given = f"given min_nodes {least}, nodes {nodes}, max_nodes {most}"
        reader.refuse("nodes", given, "min_nodes <= nodes <= max_nodes")
    machine = _machine(platform, reader)
    source = _capacity(reader, machine) if machine else None
    zone, options = reader.text("zone", "") or None, reader.mapping("options")
    disk = _disk(platform, purpose, reader)
    if machine is None or source is None:
        return []
    _together(reader, machine, source, nodes, fabric=purpose == "training")
    return [
        NodePoolSpec(
            name=f"{name}-{part.ending}" if part.ending else name,
            written=name,
            machine=machine,
            purpose=purpose,
            nodes=part.nodes,
            min_nodes=part.min_nodes,
            max_nodes=part.max_nodes,
            zone=zone,
            disk_gib=disk,
            capacity=part.capacity,
            options=options,
            warnings=_contradictions(
                reader,
                f"capacity.mixed[{at}]" if part.ending else "capacity",
                part,
                machine=machine,
                placed=purpose == "training",
                region=region or None,
            ),
        )
        for at, part in enumerate(capacity.shared_out(source, nodes, least, most))
    ]


def _disk(platform: Platform, purpose: str, reader: Reader) -> int:
    """Give the size of the root disks; there is nothing to choose where machines are there already."""
    given = reader.whole_or_none("disk_gib", 30, room.LARGEST_GIB)
    sizes = room.ROOT_GIB.get(platform)
    if sizes is None:
        if given is not None:
            reader.refuse("disk_gib", f"given {given} on {platform}", "none: machines there have their disks")
        return 0
    return given or sizes.get(purpose, 0)


def _together(reader: Reader, machine: Machine, source: Capacity, nodes: int, *, fabric: bool) -> None:
    """Refuse shares that do not go together; those of a pool that joins no fabric may stand apart."""
    if not isinstance(source, Mixed):
        return
    alone = machine if fabric else machine.model_copy(update=dict.fromkeys(JOINS))
    for one in capacity.check(alone, source, nodes=nodes):
        if one.rule in capacity.TOGETHER:
            reader.refuse("capacity", f"{one.text} [{one.rule}]", one.fix)


def _contradictions(
    reader: Reader, where: str, part: Part, *, machine: Machine, placed: bool, region: str | None
) -> tuple[Contradiction, ...]:
    """Refuse what contradicts in one node pool, and give what is only to be warned of."""
    found = capacity.check(
        machine,
        part.capacity,
        placement=capacity.placement_for(machine, part.capacity) if placed else None,
        nodes=part.nodes,
        min_nodes=part.min_nodes,
        max_nodes=part.max_nodes,
        region=region,
    )
    for one in found:
        if one.severity == "error":
            reader.refuse(where, f"{one.text} [{one.rule}]", one.fix)
    return tuple(one for one in found if one.severity == "warning")


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
