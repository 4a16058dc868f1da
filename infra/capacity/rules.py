"""All rules by id, and the one function that asks them."""

from collections.abc import Mapping
from types import MappingProxyType

from infra.capacity import placing, sources, upkeep
from infra.capacity.kinds import Capacity
from infra.capacity.pool import Contradiction, Pool, Rule, Severity
from infra.catalog.machines import Machine

RULES: Mapping[str, tuple[Rule, Severity]] = MappingProxyType(
    {
        "capacity-is-named": (sources.named, "error"),
        "capacity-of-the-platform": (sources.of_platform, "error"),
        "capacity-is-sold": (sources.sold, "error"),
        "on-demand-is-rare": (sources.rare, "warning"),
        "listed-in-the-region": (sources.in_region, "warning"),
        "shares-add-up": (sources.shares, "error"),
        "flex-start-alone": (sources.alone, "error"),
        "flex-start-within-a-week": (sources.week, "error"),
        "block-of-whole-days": (sources.block, "error"),
        "placement-of-the-reservation": (placing.group, "error"),
        "one-scale-set": (placing.island, "error"),
        "whole-nvlink-domains": (placing.domain, "error"),
        "one-zone-for-a-fabric": (placing.zone, "error"),
        "compact-placement": (placing.compact, "error"),
        "one-source-for-a-fabric": (placing.apart, "error"),
        "no-public-address": (placing.address, "error"),
        "no-repair-of-flex-start": (upkeep.repair, "error"),
        "no-consolidation-of-reserved": (upkeep.consolidate, "error"),
        "no-surge-of-reserved": (upkeep.surge, "error"),
        "no-surge-of-scarce": (upkeep.quota, "warning"),
        "no-standing-flex-start": (upkeep.standing, "error"),
        "scaling-bounds": (upkeep.bounds, "error"),
        "no-scaling-of-static": (upkeep.fixed, "error"),
    }
)
"""In the order in which they are told."""

TOGETHER = frozenset({"shares-add-up", "flex-start-alone", "one-source-for-a-fabric"})
"""Rules on the shares of a mixed pool together; every other one is about a share alone."""


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
    region: str | None = None,
) -> tuple[Contradiction, ...]:
    """Name all that contradicts in a pool; without an error in the answer it can be built.

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
        region: Where it is built. Default: not said.
    """
    pool = Pool(
        machine=machine,
        capacity=capacity,
        placement=placement,
        auto_repair=auto_repair,
        consolidation=consolidation,
        blue_green=blue_green,
        public_ip=public_ip,
        nodes=nodes,
        min_nodes=min_nodes,
        max_nodes=max_nodes,
        surge=surge,
        zones=zones,
        region=region,
    )
    return tuple(
        Contradiction(name, text, fix, severity)
        for name, (rule, severity) in RULES.items()
        for text, fix in dict.fromkeys(rule(pool))
    )
