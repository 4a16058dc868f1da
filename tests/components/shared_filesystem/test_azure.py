"""Managed Lustre: sizes come in steps that depend on the throughput."""

from typing import Any

import pytest
from azure_declared import KEY, NETWORK, declared

from components.shared_filesystem import azure
from components.shared_filesystem.azure import refuse
from components.shared_filesystem.shape import parse
from infra.problems import ProblemsError


def spec(capacity: int, throughput: int) -> Any:
    """Give a checked file system."""
    args = {"data_class": "text", "store": "abfss://c@a.dfs.core.windows.net", "key": KEY, "network": NETWORK}
    sizes = {"capacity_gib": capacity, "throughput_mbps_per_tib": throughput}
    return parse({"platform": "azure", "region": "westeurope", **args, **sizes})


@pytest.mark.parametrize(("capacity", "throughput"), [(4096, 500), (8192, 250), (16384, 125), (49152, 40)])
def test_the_smallest_of_each_throughput_is_fine(capacity: int, throughput: int) -> None:
    """One step is a size."""
    refuse(spec(capacity, throughput))


def test_a_size_between_steps_names_the_next() -> None:
    """10 TiB at 250 MB/s per TiB lies between 8 and 16."""
    with pytest.raises(ProblemsError, match="steps of 8192 at 250 MB/s per TiB, so 16384"):
        refuse(spec(10240, 250))


def test_a_throughput_that_is_not_sold_is_refused() -> None:
    """The text lists those that are."""
    with pytest.raises(ProblemsError, match="40, 125, 250, 500"):
        refuse(spec(8192, 1000))


@pytest.mark.never_again
def test_a_file_system_hangs_on_no_container() -> None:
    """The service reads one by keys that our accounts do not take, and runs one job at a time, so two never started."""
    mirrors = []
    found = declared(lambda opts: mirrors.append(azure.build("shared", spec(4096, 500), opts).mirrors))
    made = next(one for one in found if one.token.endswith(":AmlFilesystem"))
    assert mirrors == [False]
    assert "hsm" not in made.inputs
    assert not [one.token for one in found if one.token.endswith("Job") or ":storage:" in one.token]
