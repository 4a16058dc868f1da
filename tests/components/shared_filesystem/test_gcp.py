"""Sizes of Managed Lustre."""

from typing import Any

import pytest

from components.shared_filesystem.gcp import refuse
from components.shared_filesystem.shape import parse
from infra.problems import ProblemsError


def spec(capacity: int, throughput: int) -> Any:
    """Give a checked file system."""
    args = {"data_class": "text", "store": "gs://b", "key": "k", "network": {"zones": ["europe-west4-a"]}}
    return parse({"platform": "gcp", "capacity_gib": capacity, "throughput_mbps_per_tib": throughput, **args})


@pytest.mark.parametrize(("capacity", "throughput"), [(9_000, 1000), (36_000, 500), (72_000, 125)])
def test_steps_pass(capacity: int, throughput: int) -> None:
    """Each tier has a step of its own."""
    refuse(spec(capacity, throughput))


def test_the_next_size_is_named() -> None:
    """Ten thousand at 500 MB/s come to eighteen thousand; a throughput that is none is told with those that are."""
    with pytest.raises(ProblemsError, match="steps of 18000, so 18000"):
        refuse(spec(10_000, 500))
    with pytest.raises(ProblemsError, match="125, 250, 500, 1000"):
        refuse(spec(18_000, 300))
