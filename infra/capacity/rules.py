"""What contradicts in a pool: every rule has an id, a sentence, and a way out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from infra.capacity.kinds import (
    Capacity,
    CapacityBlock,
    FlexStart,
    Mixed,
    Reserved,
    Spot,
    Static,
    required,
)
from infra.catalog import fabric
from infra.catalog.machines import Machine

Severity = Literal["error", "warning"]
"""An error stops the preview; a warning is printed."""


@dataclass(frozen=True)
class Contradiction:
    """Two choices for a pool that cannot both hold."""

    rule: str
    """The rule's id."""
    text: str
    """What contradicts what, in one sentence."""
    fix: str
    """How to mend it."""
    severity: Severity = "error"
    """Default: error."""

    def __str__(self) -> str:
        """Give the one line that a user reads."""
        return f"{self.text}: {self.fix} [{self.rule}]"


@dataclass(frozen=True)
class Pool:
    """What `check` was told about a pool."""

    machine: Machine
    capacity: Capacity | None
    placement: str | None
    auto_repair: bool
    consolidation: bool
    blue_green: bool
    public_ip: bool
    nodes: int | None
    min_nodes: int | None
    max_nodes: int | None
    surge: int
    zones: int

    @property
    def parts(self) -> tuple[Capacity, ...]:
        """The capacities that it draws from, a fallback included."""
        top: tuple[Capacity, ...] = () if self.capacity is None else (self.capacity,)
        if isinstance(self.capacity, Mixed):
            top = tuple(share.capacity for share in self.capacity.shares)
        behind = tuple(part.fallback for part in top if isinstance(part, Spot) and part.fallback is not None)
        return top + behind

    @property
    def most(self) -> int:
        """The most nodes that it can come to; 0 when nothing was said."""
        return self.max_nodes if self.max_nodes is not None else (self.nodes or 0)


Found = Iterator[tuple[str, str]]
Rule = Callable[[Pool], Found]


def check(
    machine: Machine,
    capacity: Capacity | None,
    *,
    placement: str | None = None,
    auto_repair: bool = False,
    consolidation: bool = False,
    blue_green: bool = False,
    public_ip: bool = False,
    nodes: int | None = None,
    min_nodes: int | None = None,
    max_nodes: int | None = None,
    surge: int = 0,
    zones: int = 1,
) -> tuple[Contradiction, ...]:
    """Name all that contradicts in a pool; an empty tuple means that it can be built.

    Args:
        machine: The pool's machine type.
        capacity: Where its machines come from. None: not said.
        placement: The placement group that the pool asks for: `new`, or the name of one. Default: none.
        auto_repair: Whether the platform replaces nodes that it finds sick. Default: no.
        consolidation: Whether an autoscaler may remove nodes to save money. Default: no.
        blue_green: Whether upgrades build a second pool first. Default: no.
        public_ip: Whether nodes get public addresses. Default: no.
        nodes: A fixed number of nodes. Default: none said.
        min_nodes: The fewest nodes when it scales. Default: none said.
        max_nodes: The most nodes when it scales. Default: `nodes`.
        surge: Spare nodes made during an upgrade. Default: 0.
        zones: Over how many zones it stretches. Default: 1.
    """
    pool = Pool(
        machine, capacity, placement, auto_repair, consolidation, blue_green, public_ip, nodes, min_nodes, max_nodes,
        surge, zones,
    )  # fmt: skip
    return tuple(
        Contradiction(name, text, fix, severity)
        for name, (rule, severity) in RULES.items()
        for text, fix in dict.fromkeys(rule(pool))
    )


def _named(pool: Pool) -> Found:
    if pool.capacity is None and required(pool.machine):
        text = f"{pool.machine.name} has {pool.machine.gpus} accelerators and names no capacity"
        yield text, "name it: reserved, capacity-block, flex-start, spot or on-demand"


_WHERE = {
    "capacity-block": ("aws",),
    "flex-start": ("gcp",),
    "static": ("onprem", "local"),
    "on-demand": ("aws", "gcp", "azure"),
    "spot": ("aws", "gcp", "azure"),
    "reserved": ("aws", "gcp", "azure"),
}


def _of_platform(pool: Pool) -> Found:
    for part in pool.parts:
        places = _WHERE[part.kind]
        if pool.machine.platform not in places:
            kinds = [kind for kind, where in _WHERE.items() if pool.machine.platform in where]
            yield f"{part.kind} does not exist on {pool.machine.platform}", f"choose {' or '.join(kinds)}"


def _sold(pool: Pool) -> Found:
    for part in pool.parts:
        if part.kind in pool.machine.not_sold:
            text = f"{pool.machine.name} is not sold {part.kind} ({pool.machine.not_sold[part.kind]})"
            yield text, "reserve it, or choose another machine"


def _rare(pool: Pool) -> Found:
    for part in pool.parts:
        if part.kind in pool.machine.rare:
            text = f"{pool.machine.name} is hardly ever free {part.kind} ({pool.machine.rare[part.kind]})"
            yield text, "reserve it or buy a capacity block"


def _group(pool: Pool) -> Found:
    if pool.placement is None:
        return
    for part in pool.parts:
        if isinstance(part, CapacityBlock):
            text = f"placement group {pool.placement!r} with capacity block {part.id}, which brings its own placement"
            yield text, "leave the placement group out"
        elif isinstance(part, Reserved) and part.group != pool.placement:
            made = f"made with group {part.group!r}" if part.group else "made without a placement group"
            text = f"placement group {pool.placement!r} with reservation {part.id}, {made}"
            yield text, "take the reservation's group, or none: another one ends in insufficient capacity"


def _repair(pool: Pool) -> Found:
    if pool.auto_repair and any(isinstance(part, FlexStart) for part in pool.parts):
        yield "auto-repair with flex-start, whose nodes cannot be replaced one by one", "turn auto-repair off"


def _consolidate(pool: Pool) -> Found:
    for part in pool.parts:
        if pool.consolidation and isinstance(part, Reserved | CapacityBlock):
            text = f"consolidation on a pool of {part.kind} {part.id}, which is paid for anyway"
            yield text, "turn consolidation off: a node given back may not come again"


def _surge(pool: Pool) -> Found:
    if pool.surge > 0 and any(isinstance(part, Reserved | CapacityBlock) for part in pool.parts):
        text = f"{pool.surge} spare nodes in an upgrade of reserved machines, of which there is no spare"
        yield text, "set the surge to 0: a node is ended before its successor starts"


def _quota(pool: Pool) -> Found:
    if (
        pool.surge > 0
        and pool.machine.gpus >= 8
        and not any(isinstance(p, Reserved | CapacityBlock) for p in pool.parts)
    ):
        text = f"an upgrade of {pool.machine.name} needs quota and stock for {pool.surge} more nodes"
        yield text, "set the surge to 0 and unavailable nodes to 1"


def _island(pool: Pool) -> Found:
    island = fabric.of(pool.machine).island
    if island is not None and pool.most > island:
        text = f"{pool.most} nodes of {pool.machine.name} in one pool, where one scale set joins at most {island}"
        yield text, f"at most {island} nodes a pool; InfiniBand does not cross scale sets"


def _domain(pool: Pool) -> Found:
    if pool.machine.domain is None or not pool.machine.gpus:
        return
    size = pool.machine.domain // pool.machine.gpus
    if pool.most > size and pool.most % size:
        text = f"{pool.most} nodes of {pool.machine.name}, which come in NVLink domains of {size}"
        yield text, f"up to {size} nodes, or a multiple of {size}"


def _zones(pool: Pool) -> Found:
    if pool.zones > 1 and pool.machine.link is not None and fabric.placement(pool.machine) != "none":
        text = f"{pool.zones} zones for {pool.machine.name}, whose fabric does not leave a zone"
        yield text, "one zone a pool; make a pool for each zone"


def _fixed(pool: Pool) -> Found:
    for part in pool.parts:
        if isinstance(part, FlexStart) and (pool.nodes or pool.min_nodes):
            yield (
                f"flex-start with {pool.nodes or pool.min_nodes} standing nodes",
                "min_nodes 0 and a max_nodes",
            )


def _week(pool: Pool) -> Found:
    for part in pool.parts:
        if isinstance(part, FlexStart) and part.max_run > timedelta(days=7):
            yield f"flex-start for {part.max_run.days} days", "at most 7 days"


def _compact(pool: Pool) -> Found:
    if pool.placement is None or pool.machine.platform != "gcp":
        return
    if pool.blue_green:
        yield "compact placement with blue-green upgrades", "surge 0 upgrades instead"
    for part in pool.parts:
        if isinstance(part, FlexStart) and part.queued:
            yield "compact placement with queued provisioning", "queued: false, or no placement"
        elif isinstance(part, FlexStart) and not pool.machine.flex_compact:
            yield (
                f"compact placement with flex-start on {pool.machine.name}",
                "only A3 Ultra, A4 and H4D have both",
            )


def _sum(pool: Pool) -> Found:
    if isinstance(pool.capacity, Mixed) and pool.nodes is not None:
        total = sum(share.nodes for share in pool.capacity.shares)
        if total != pool.nodes:
            yield f"shares of {total} nodes in a pool of {pool.nodes}", "make the shares add up"


def _exclusive(pool: Pool) -> Found:
    if isinstance(pool.capacity, Mixed) and any(isinstance(part, FlexStart) for part in pool.parts):
        yield "flex-start mixed with other capacity in one pool", "a pool of its own for flex-start"


def _address(pool: Pool) -> Found:
    if pool.public_ip and len(fabric.interfaces(pool.machine)) > 1:
        text = f"public addresses on {pool.machine.name}, launched with more than one interface"
        yield text, "private addresses; EC2 refuses the other"


def _scaling(pool: Pool) -> Found:
    if pool.min_nodes is not None and pool.max_nodes is not None and pool.min_nodes > pool.max_nodes:
        yield (
            f"at least {pool.min_nodes} and at most {pool.max_nodes} nodes",
            "min_nodes no greater than max_nodes",
        )
    static = any(isinstance(part, Static) for part in pool.parts)
    if (
        static
        and pool.max_nodes is not None
        and pool.max_nodes != (pool.min_nodes or pool.nodes or pool.max_nodes)
    ):
        yield "scaling on machines that are simply there", "nodes instead of min_nodes and max_nodes"


RULES: dict[str, tuple[Rule, Severity]] = {
    "capacity-is-named": (_named, "error"),
    "capacity-of-the-platform": (_of_platform, "error"),
    "capacity-is-sold": (_sold, "error"),
    "on-demand-is-rare": (_rare, "warning"),
    "placement-of-the-reservation": (_group, "error"),
    "no-repair-of-flex-start": (_repair, "error"),
    "no-consolidation-of-reserved": (_consolidate, "error"),
    "no-surge-of-reserved": (_surge, "error"),
    "no-surge-of-scarce": (_quota, "warning"),
    "one-scale-set": (_island, "error"),
    "whole-nvlink-domains": (_domain, "error"),
    "one-zone-for-a-fabric": (_zones, "error"),
    "no-standing-flex-start": (_fixed, "error"),
    "flex-start-within-a-week": (_week, "error"),
    "compact-placement": (_compact, "error"),
    "shares-add-up": (_sum, "error"),
    "flex-start-alone": (_exclusive, "error"),
    "no-public-address": (_address, "error"),
    "scaling-bounds": (_scaling, "error"),
}
"""All rules by id, in the order in which they are told."""
