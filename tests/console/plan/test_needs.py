"""Which machines a stack runs, and what of the granted accelerators they take."""

import json

import pytest

from console.plan import words
from console.plan.make import make
from console.plan.model import Plan
from console.plan.recording import Recording

from .made import growth


def planned(granted: dict[str, int]) -> Plan:
    """Plan the ninth node where a stack declares what it was granted."""
    config = {"preludeEvent": {"config": {"causeway:quotas": json.dumps(granted)}}}
    return make(Recording((config, *growth().events)), "test")


def test_machines_are_counted_in_nodes_accelerators_processors_and_hours() -> None:
    """Nine p5.48xlarge are 72 H100, 1,728 processors and 52,560 GPU-hours a month; the other pool is its own row."""
    train, serve = planned({}).needs
    assert (train.machine, train.region, train.accelerator) == ("p5.48xlarge", "us-east-1", "h100")
    assert (train.before, train.nodes.expected, train.accelerators.expected) == (8, 9, 72)
    assert train.vcpus
    assert train.vcpus.expected == 1728
    assert train.hours == 72 * 730
    assert (serve.nodes.low, serve.nodes.expected, serve.nodes.high) == pytest.approx((1, 2, 6))


@pytest.mark.parametrize(
    ("granted", "said"),
    [
        ({}, "not declared"),
        ({"h100": 64}, "64, short of 8"),
        ({"h100": 72}, "72, enough"),
        ({"l4": 8}, "not declared"),
    ],
)
def test_a_quota_is_compared_where_one_is_declared(granted: dict[str, int], said: str) -> None:
    """72 H100 against 64 granted are 8 short; without a declaration the page says that there is none."""
    train = planned(granted).needs[0]
    assert words.quota(train) == said
