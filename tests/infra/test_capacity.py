"""Where machines come from: what can be written, what contradicts, what is right."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra import capacity
from infra.capacity import CapacityBlock, FlexStart, Mixed, OnDemand, Reserved, Share, Spot, Static
from infra.catalog import fabric, machines

START = datetime(2026, 12, 1, 11, 30, tzinfo=UTC)
WEEK = CapacityBlock("cr-2", START, START + timedelta(days=7))
KINDS: dict[str, capacity.Capacity] = {
    "on-demand": OnDemand(),
    "spot": Spot(),
    "reserved": Reserved("cr-1"),
    "capacity-block": WEEK,
    "flex-start": FlexStart(timedelta(hours=24)),
    "static": Static(),
}
P5 = machines.get("aws", "p5.48xlarge")


def rules(platform: str, name: str, what: capacity.Capacity | None, **pool: Any) -> set[str]:
    """The ids of the rules that a pool breaks."""
    return {found.rule for found in capacity.check(machines.get(platform, name), what, **pool)}


EXIST = {
    "aws": {"on-demand", "spot", "reserved", "capacity-block"},
    "gcp": {"on-demand", "spot", "reserved", "flex-start"},
    "azure": {"on-demand", "spot", "reserved"},
    "onprem": {"static"},
    "local": {"static"},
}
ONE = {
    "aws": "g5.xlarge",
    "gcp": "g2-standard-4",
    "azure": "Standard_D4s_v5",
    "onprem": "dgx-h100",
    "local": "this-machine",
}


@pytest.mark.parametrize("platform", EXIST)
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_capacity_exists_on_its_platforms_only(platform: str, kind: str) -> None:
    """The whole matrix: each pair either builds, or fails by the one rule of that name."""
    broken = rules(platform, ONE[platform], KINDS[kind])
    assert broken == (set() if kind in EXIST[platform] else {"capacity-of-the-platform"})


CONTRADICTIONS = [
    ("aws", "p5.48xlarge", None, {}, "capacity-is-named"),
    ("aws", "p5e.48xlarge", OnDemand(), {}, "capacity-is-sold"),
    ("aws", "p5e.48xlarge", Spot(), {}, "capacity-is-sold"),
    ("aws", "p6e-gb200.36xlarge", Spot(None), {}, "capacity-is-sold"),
    ("azure", "Standard_NC24ads_A100_v4", Reserved("group"), {}, "capacity-is-sold"),
    ("aws", "p5.48xlarge", OnDemand(), {}, "on-demand-is-rare"),
    ("gcp", "a3-megagpu-8g", OnDemand(), {"region": "me-west1"}, "listed-in-the-region"),
    ("aws", "g5.xlarge", Mixed((Share(2, Reserved("a")), Share(1, Spot()))), {"nodes": 4}, "shares-add-up"),
    (
        "gcp",
        "g2-standard-4",
        Mixed((Share(1, FlexStart(timedelta(1))), Share(1, Spot()))),
        {},
        "flex-start-alone",
    ),
    ("gcp", "a4-highgpu-8g", FlexStart(timedelta(days=8)), {}, "flex-start-within-a-week"),
    ("aws", "p5.48xlarge", CapacityBlock("cr", START, START + timedelta(days=15)), {}, "block-of-whole-days"),
    (
        "aws",
        "p5.48xlarge",
        CapacityBlock("cr", START, START + timedelta(days=189)),
        {},
        "block-of-whole-days",
    ),
    ("aws", "p5.48xlarge", WEEK, {"nodes": 65}, "block-of-whole-days"),
    ("aws", "p5.48xlarge", Reserved("cr-1"), {"placement": "new"}, "placement-of-the-reservation"),
    ("aws", "p5.48xlarge", Reserved("cr-1", "ours"), {"placement": "other"}, "placement-of-the-reservation"),
    ("aws", "p5.48xlarge", WEEK, {"placement": "new"}, "placement-of-the-reservation"),
    ("azure", "Standard_ND96isr_H100_v5", Reserved("g"), {"max_nodes": 101}, "one-scale-set"),
    ("gcp", "a4x-highgpu-4g", Reserved("r"), {"nodes": 20}, "whole-nvlink-domains"),
    ("aws", "p5.48xlarge", Reserved("cr-1"), {"zones": 2}, "one-zone-for-a-fabric"),
    ("gcp", "a3-ultragpu-8g", FlexStart(timedelta(1)), {"placement": "new"}, "compact-placement"),
    (
        "gcp",
        "a3-megagpu-8g",
        FlexStart(timedelta(1), queued=False),
        {"placement": "new"},
        "compact-placement",
    ),
    (
        "gcp",
        "a3-ultragpu-8g",
        Reserved("r", "g"),
        {"placement": "g", "blue_green": True},
        "compact-placement",
    ),
    (
        "aws",
        "p5.48xlarge",
        Mixed((Share(2, Reserved("a")), Share(2, Reserved("b")))),
        {},
        "one-source-for-a-fabric",
    ),
    ("aws", "p5.48xlarge", Reserved("cr-1"), {"public_ip": True}, "no-public-address"),
    ("gcp", "a4-highgpu-8g", FlexStart(timedelta(1)), {"auto_repair": True}, "no-repair-of-flex-start"),
    ("aws", "p5.48xlarge", Reserved("cr-1"), {"consolidation": True}, "no-consolidation-of-reserved"),
    ("aws", "p5.48xlarge", Spot(Reserved("cr-1")), {"consolidation": True}, "no-consolidation-of-reserved"),
    ("aws", "p5.48xlarge", WEEK, {"surge": 1}, "no-surge-of-reserved"),
    ("azure", "Standard_ND96isr_H100_v5", OnDemand(), {"surge": 1}, "no-surge-of-scarce"),
    ("gcp", "a4-highgpu-8g", FlexStart(timedelta(1)), {"min_nodes": 2}, "no-standing-flex-start"),
    ("aws", "g5.xlarge", Spot(), {"min_nodes": 4, "max_nodes": 2}, "scaling-bounds"),
    ("onprem", "dgx-h100", Static(), {"nodes": 4, "max_nodes": 8}, "no-scaling-of-static"),
]


@pytest.mark.parametrize(("platform", "name", "what", "pool", "rule"), CONTRADICTIONS)
def test_what_contradicts_is_one_named_error(
    platform: str, name: str, what: capacity.Capacity | None, pool: dict[str, Any], rule: str
) -> None:
    """Each contradiction breaks its own rule and no other error."""
    found = capacity.check(machines.get(platform, name), what, **pool)
    assert rule in {one.rule for one in found}
    assert {one.rule for one in found if one.severity == "error"} <= {rule}
    assert all(one.text and one.fix and one.rule in str(one) for one in found)


def test_every_rule_has_a_case() -> None:
    """A rule that no case breaks would not be known to work."""
    assert {case[-1] for case in CONTRADICTIONS} | {"capacity-of-the-platform"} == set(capacity.RULES)


RIGHT = [
    ("aws", "p5.48xlarge", Reserved("cr-1", "ours"), {"placement": "ours", "nodes": 8}),
    ("aws", "p5.48xlarge", WEEK, {"nodes": 8}),
    ("aws", "p5.48xlarge", CapacityBlock("cr", START, START + timedelta(days=182)), {"nodes": 64}),
    ("aws", "p5e.48xlarge", WEEK, {"nodes": 2}),
    ("aws", "g6e.48xlarge", Spot(), {"min_nodes": 0, "max_nodes": 4, "consolidation": True}),
    ("aws", "g5.xlarge", None, {"zones": 3, "surge": 1, "public_ip": True}),
    ("gcp", "a4x-highgpu-4g", Reserved("r"), {"nodes": 36}),
    ("gcp", "a4x-highgpu-4g", Reserved("r"), {"nodes": 4}),
    ("gcp", "a3-ultragpu-8g", FlexStart(timedelta(7), queued=False), {"placement": "new", "max_nodes": 8}),
    ("gcp", "ct5p-hightpu-4t", FlexStart(timedelta(1)), {"placement": "new", "max_nodes": 16}),
    ("azure", "Standard_ND96isr_H100_v5", Reserved("g"), {"max_nodes": 100}),
    ("onprem", "dgx-h100", Static(), {"nodes": 4, "surge": 0}),
]


@pytest.mark.parametrize(("platform", "name", "what", "pool"), RIGHT)
def test_what_fits_has_no_contradiction(
    platform: str, name: str, what: capacity.Capacity | None, pool: dict[str, Any]
) -> None:
    """Pools that can be built break no rule, not even one that warns."""
    assert rules(platform, name, what, **pool) == set()


@pytest.mark.parametrize(
    ("name", "what", "placement"),
    [
        ("p5.48xlarge", OnDemand(), "new"),
        ("p5.48xlarge", Spot(), "new"),
        ("p5.48xlarge", Spot(Reserved("cr-1")), None),
        ("p5.48xlarge", Reserved("cr-1"), None),
        ("p5.48xlarge", Reserved("cr-1", "ours"), "ours"),
        ("p5.48xlarge", WEEK, None),
        ("g5.xlarge", OnDemand(), None),
    ],
)
def test_the_source_decides_the_placement(name: str, what: capacity.Capacity, placement: str | None) -> None:
    """A group of its own only for machines bought one by one with a fabric, and never one that contradicts."""
    machine = machines.get("aws", name)
    assert capacity.placement_for(machine, what) == placement
    found = capacity.check(machine, what, placement=capacity.placement_for(machine, what))
    assert "placement-of-the-reservation" not in {one.rule for one in found}


@pytest.mark.parametrize("machine", machines.all(), ids=lambda m: m.name)
def test_eight_accelerators_must_name_their_capacity(machine: machines.Machine) -> None:
    """On clouds, from eight accelerators on; own machines and smaller ones have a default."""
    scarce = machine.platform in {"aws", "gcp", "azure"} and machine.gpus >= 8
    assert capacity.required(machine) is scarce
    if scarce:
        with pytest.raises(ValueError, match=machine.name):
            capacity.parse(None, machine)
    else:
        own = machine.platform in {"onprem", "local"}
        assert capacity.parse(None, machine) == (Static() if own else OnDemand())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("on-demand", OnDemand()),
        ("spot", Spot(OnDemand())),
        ("static", Static()),
        ({"spot": {"fallback": "none"}}, Spot(None)),
        ({"spot": {"fallback": {"reserved": "cr-1"}}}, Spot(Reserved("cr-1"))),
        ({"reserved": "cr-1"}, Reserved("cr-1")),
        ({"reserved": {"id": "cr-1", "group": "ours"}}, Reserved("cr-1", "ours")),
        ({"flex-start": "24h"}, FlexStart(timedelta(hours=24))),
        ({"flex-start": {"max_run": "2d", "queued": False}}, FlexStart(timedelta(days=2), queued=False)),
        (
            {
                "capacity-block": {
                    "id": "cr-2",
                    "start": "2026-12-01T11:30:00Z",
                    "end": "2026-12-08T11:30:00Z",
                }
            },
            WEEK,
        ),
        ({"capacity-block": {"id": "cr-2", "start": START, "end": WEEK.end.replace(tzinfo=None)}}, WEEK),
        (
            {"mixed": [{"nodes": 6, "reserved": "cr-1"}, {"nodes": 2, "spot": {}}]},
            Mixed((Share(6, Reserved("cr-1")), Share(2, Spot()))),
        ),
    ],
)
def test_a_stack_file_says_it_in_words(text: Any, what: capacity.Capacity) -> None:
    """Words and mappings of one word become the type, and the type is given back as it is."""
    assert capacity.parse(text) == what
    assert capacity.parse(what) is what


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("spto", ["did you mean 'spot'"]),
        ({"reserved": {}}, ["lacks id"]),
        ({"reserved": ["a", "b"]}, ["capacity.reserved.id", "is no name"]),
        ({"reserved": {"id": "cr", "group": {"name": "x"}}}, ["capacity.reserved.group", "is no name"]),
        ({"spot": "none"}, ["capacity.spot: 'none' is no mapping", "fallback"]),
        ({"spot": {"fallback": 7}}, ["capacity.spot.fallback: 7 is no kind of capacity"]),
        ({"on-demand": "always"}, ["capacity.on-demand: 'always' is no mapping"]),
        ({"static": {"hosts": 4}}, ["capacity.static.hosts"]),
        ({"flex-start": {"max_run": "24h", "queued": "no"}}, ["capacity.flex-start.queued"]),
        ({"capacity-block": "cr-1"}, ["capacity.capacity-block: 'cr-1' is no mapping", "id, start, end"]),
        ({"reserved": {"id": "cr", "gruop": "x"}}, ["capacity.reserved.gruop", "did you mean 'group'"]),
        ({"flex-start": "1 day"}, ["such as 24h"]),
        ({"flex-start": "0h"}, ["such as 24h"]),
        ({"capacity-block": {"id": "", "start": "soon"}}, ["lacks id", "lacks end", "'soon' is no time"]),
        ({"capacity-block": {"id": "cr", "start": WEEK.end, "end": START}}, ["not after its start"]),
        ({"spot": {"fallback": {"flex-start": "1h"}}}, ["cannot stand in for spot"]),
        ({"spot": {}, "reserved": "cr"}, ["has 2 kinds"]),
        ({"mixed": [{"nodes": 1, "spot": {}}]}, ["two shares or more"]),
        ({"mixed": [{"nodes": 0, "spot": {}}, "spot"]}, ["capacity.mixed[0].nodes", "capacity.mixed[1]"]),
        (
            {"mixed": [{"nodes": 1, "mixed": []}, {"nodes": 1, "spot": {}}]},
            ["'mixed' is no kind of capacity"],
        ),
    ],
)
def test_mistakes_are_told_at_once_with_their_place(text: Any, told: list[str]) -> None:
    """Misspelt words, missing and unknown fields, bad times and nested mixtures: each with its path and the way out."""
    with pytest.raises(ValueError, match="the capacity cannot be read") as error:
        capacity.parse(text)
    assert all(part in str(error.value) for part in told)


def test_the_fabric_of_a_pool_does_not_depend_on_its_capacity() -> None:
    """Where a machine comes from changes its placement, never its interfaces."""
    assert fabric.contract(P5).nics == 32
    assert capacity.placement_for(P5, OnDemand()) != capacity.placement_for(P5, WEEK)
