"""Ranges and zones of a network on Google Cloud."""

from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest

from components.network.gcp import zones_of
from components.network.gcp.ranges import share
from components.network.shape import parse
from infra.problems import ProblemsError

CIDR = IPv4Network("10.80.0.0/16")


def args(**more: Any) -> Any:
    """Give the arguments of a network in the Netherlands."""
    return {"platform": "gcp", "region": "europe-west4", **more}


def test_no_two_ranges_share_an_address() -> None:
    """Pods, nodes, services, Google's own and every fabric lie apart, all inside the network."""
    made = share(CIDR, ["a", "b"])
    blocks = [made.pods, made.nodes, made.services, made.google, *made.fabric.values()]
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))
    assert all(block.subnet_of(CIDR) for block in blocks)


def test_a_new_pool_moves_nobody() -> None:
    """A range that changes is made anew, with all that stands in it."""
    before, after = share(CIDR, ["a"]), share(CIDR, ["a", "b"])
    assert (before.pods, before.nodes, before.fabric["a"]) == (after.pods, after.nodes, after.fabric["a"])


def test_lustre_finds_room() -> None:
    """Google's range is at least the /22 that Managed Lustre asks for."""
    assert share(CIDR, []).google.prefixlen <= 22


def test_zones_come_from_the_table_and_are_checked() -> None:
    """Three of the table, or those given; one of another region is refused."""
    assert len(zones_of(parse(args()))) == 3
    assert zones_of(parse(args(zones=["europe-west4-b"]))) == ("europe-west4-b",)
    with pytest.raises(ProblemsError, match="zones of europe-west4"):
        zones_of(parse(args(zones=["europe-west1-b"])))


def test_a_link_to_the_same_addresses_is_refused() -> None:
    """One clear error before anything is made: the range, the link behind which it is, and ours; another passes."""
    with pytest.raises(
        ProblemsError, match=r"10\.80\.64\.0/20 behind link 'home' overlaps 10\.80\.0\.0/16 of this"
    ):
        parse(args(cidr=str(CIDR), linked={"home": ["10.80.64.0/20"]}))
    assert parse(args(cidr=str(CIDR), linked={"home": ["10.81.0.0/16"]})).cidr == CIDR
