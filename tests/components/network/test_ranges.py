"""Ranges: who overlaps whom, and what moves when a pool is added."""

from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest

from components.network.aws import zones_of
from components.network.ranges import plan
from components.network.shape import parse
from infra.problems import ProblemsError

ZONES = ("eu-north-1a", "eu-north-1b", "eu-north-1c")


def args(**more: Any) -> Any:
    """Give the arguments of a network in Stockholm."""
    return {"platform": "aws", "region": "eu-north-1", **more}


def test_an_overlap_names_both_ranges() -> None:
    """One clear mistake: the link's range, ours, and the link; a range that touches ours is fine."""
    with pytest.raises(
        ProblemsError, match=r"10\.0\.128\.0/17 behind link 'home' overlaps 10\.0\.0\.0/16 of this network"
    ):
        parse(args(linked={"home": ["10.0.128.0/17"]}))
    parse(args(linked={"home": ["10.1.0.0/16"]}))


def test_links_must_not_overlap_each_other() -> None:
    """Two links to the same range would leave the route to chance."""
    with pytest.raises(ProblemsError, match=r"behind link 'b' overlaps 10\.9\.0\.0/16 of link 'a'"):
        parse(args(linked={"a": ["10.9.0.0/16"], "b": ["10.9.1.0/24"]}))


@pytest.mark.never_again
def test_no_two_subnets_share_an_address() -> None:
    """Thread aws-samples ml-with-terraform #118, #83: a pool with a fabric has one subnet, disjoint from others."""
    made = plan(IPv4Network("10.0.0.0/16"), ZONES, ["a", "b", "c"])
    blocks = [*made.private.values(), *made.public.values(), *made.fabric.values()]
    assert len(blocks) == 9
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


def test_a_new_pool_moves_nobody() -> None:
    """A subnet that changes its range is made anew, with all that stands in it."""
    before = plan(IPv4Network("10.0.0.0/16"), ZONES, ["b"])
    after = plan(IPv4Network("10.0.0.0/16"), ZONES, ["b", "a"])
    assert before.fabric["b"] == after.fabric["b"]
    assert before.private == after.private


def test_a_small_range_is_refused() -> None:
    """A /24 has no room for three zones; the message says what has."""
    with pytest.raises(ProblemsError, match="a /20 or larger"):
        plan(IPv4Network("10.0.0.0/24"), ZONES, [])


def test_zones_come_from_the_table_and_are_checked() -> None:
    """Nothing is looked up: three of the region by default; a zone of another region is refused."""
    assert zones_of(parse(args())) == ZONES
    with pytest.raises(ProblemsError, match="zones of eu-north-1"):
        zones_of(parse(args(zones=["eu-west-1a"])))
