"""A mixed pool is shared out among its sources: who gets which machines, and what the parts are called."""

import pytest

from infra import capacity
from infra.capacity import Mixed, OnDemand, Reserved, Share, Spot
from infra.catalog import machines

MIXED = Mixed((Share(4, Reserved("cr-1")), Share(2, OnDemand()), Share(1, Spot())))


@pytest.mark.parametrize(
    ("least", "most", "fewest", "largest"),
    [
        (7, 7, (4, 2, 1), (4, 2, 1)),
        (0, 7, (0, 0, 0), (4, 2, 1)),
        (3, 7, (3, 0, 0), (4, 2, 1)),
        (5, 12, (4, 1, 0), (4, 2, 6)),
    ],
)
def test_the_first_share_fills_first_and_the_last_one_grows(
    least: int, most: int, fewest: tuple[int, ...], largest: tuple[int, ...]
) -> None:
    """Standing machines are the first share's as far as it goes; what comes above the shares is the last one's."""
    parts = capacity.shared_out(MIXED, 7, least, most)
    assert tuple(part.nodes for part in parts) == (4, 2, 1)
    assert tuple(part.min_nodes for part in parts) == fewest
    assert tuple(part.max_nodes for part in parts) == largest
    assert (sum(fewest), sum(largest)) == (least, most)


def test_parts_are_called_by_their_kind() -> None:
    """A kind that comes twice is numbered from its second share on, so that the first keeps its name."""
    twice = Mixed((Share(1, Reserved("a")), Share(1, Spot()), Share(1, Reserved("b"))))
    endings = [part.ending for part in capacity.shared_out(twice, 3, 3, 3)]
    assert endings == ["reserved", "spot", "reserved-2"]


def test_a_pool_of_one_source_is_one_part() -> None:
    """It keeps its own name, number and bounds."""
    (part,) = capacity.shared_out(Spot(), 3, 1, 5)
    assert (part.ending, part.capacity, part.nodes, part.min_nodes, part.max_nodes) == ("", Spot(), 3, 1, 5)


@pytest.mark.parametrize("shares", [(Reserved("a"), OnDemand()), (OnDemand(), Spot())])
@pytest.mark.parametrize(
    ("platform", "machine"),
    [
        ("aws", "p5.48xlarge"),
        ("gcp", "a4-highgpu-8g"),
        ("azure", "Standard_ND96isr_H100_v5"),
        ("aws", "p6e-gb200.36xlarge"),
        ("gcp", "ct5lp-hightpu-4t"),
    ],
)
def test_no_fabric_goes_across_shares(platform: str, machine: str, shares: tuple[capacity.Base, ...]) -> None:
    """Shares are placement groups, scale sets, domains and slices of their own, whatever their sources are."""
    mixed = Mixed(tuple(Share(1, one) for one in shares))
    found = {one.rule for one in capacity.check(machines.get(platform, machine), mixed, nodes=2)}
    assert "one-source-for-a-fabric" in found
