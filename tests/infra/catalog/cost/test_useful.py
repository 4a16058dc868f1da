"""What useful work costs, and what an all-reduce over zones costs, by hand."""

import pytest

from infra.catalog.cost.crossing import Crossing, step
from infra.catalog.cost.useful import Rates, worth


def test_an_hour_becomes_a_price_of_work() -> None:
    """55.04 USD an hour: 6.88 a GPU of eight; 1,200 steps make 45.8667 a thousand; 10,000 tokens/s 1.5289 a million."""
    found = worth(55.04, 8, Rates(1200, 10_000))
    assert found.gpu_hour == pytest.approx(6.88)
    assert found.thousand_steps == pytest.approx(45.866667)
    assert found.million_tokens == pytest.approx(1.528889)


def test_what_nobody_measured_has_no_price() -> None:
    """No rate, no price; no accelerator, no price of its hour; nothing is divided by 0."""
    found = worth(0.4284, 0, Rates())
    assert (found.gpu_hour, found.thousand_steps, found.million_tokens) == (None, None, None)


def test_an_all_reduce_over_two_zones_pays_for_its_ring() -> None:
    """16 GB of gradients over 64 workers in 2 zones: 2 x 2 x 63/64 x 16 = 63 GB, both zones pay 0.01: 1.26 USD."""
    found = step("aws", "us-east-1", zones=2, workers=64, gradient_bytes=16e9)
    assert isinstance(found, Crossing)
    assert (found.gigabytes, found.usd) == pytest.approx((63.0, 1.26))


@pytest.mark.parametrize(("zones", "workers"), [(1, 64), (3, 1)])
def test_one_zone_or_one_worker_crosses_nothing(zones: int, workers: int) -> None:
    """Nothing is sent between zones, so nothing is paid."""
    assert step("aws", "us-east-1", zones, workers, 16e9) == Crossing(0.0, 0.0)


def test_traffic_without_a_price_says_which() -> None:
    """A region of which nobody published it is named."""
    text = step("aws", "eu-north-1", zones=2, workers=8, gradient_bytes=1e9)
    assert isinstance(text, str)
    assert "eu-north-1" in text
