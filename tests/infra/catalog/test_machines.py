"""Machines are found by name, and chosen by what a stack file says in neutral words."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalog import accelerators, machines
from infra.catalog.rows import CatalogError
from infra.platforms import PLATFORMS

WITH = [(m.platform, m.accelerator.model) for m in machines.all() if m.accelerator]


def test_every_platform_has_machines_and_no_name_twice() -> None:
    """The table covers all platforms; a name stands once on its platform."""
    names = Counter((machine.platform, machine.name) for machine in machines.all())
    assert {platform for platform, _ in names} == set(PLATFORMS)
    assert set(names.values()) == {1}
    assert len(names) > 100


@pytest.mark.parametrize("platform", ["aws", "gcp", "azure", "onprem"])
def test_a_cloud_has_small_hosts_for_its_system_pool(platform: str) -> None:
    """Each platform with clusters has a machine without accelerators."""
    assert any(machine.accelerator is None for machine in machines.all(platform))


@pytest.mark.parametrize(
    ("platform", "name", "hint"),
    [
        ("aws", "p5.48xl", "Did you mean 'p5.48xlarge'?"),
        ("gcp", "p5.48xlarge", "It is a machine of aws."),
        ("azure", "zzz", "`causeway machines --platform azure` lists all."),
        ("asw", "p5.48xlarge", "Did you mean 'aws'?"),
    ],
)
def test_a_wrong_name_is_told_with_the_way_out(platform: str, name: str, hint: str) -> None:
    """A misspelt machine, another platform's machine, nonsense and a misspelt platform each say what helps."""
    with pytest.raises(CatalogError) as error:
        machines.get(platform, name)
    assert str(error.value).endswith(hint)


@pytest.mark.parametrize(
    ("platform", "accelerator", "gpus", "name", "nodes"),
    [
        ("aws", "h100", 64, "p5.48xlarge", 8),
        ("aws", "h100", 1, "p5.4xlarge", 1),
        ("aws", "h200", 16, "p5en.48xlarge", 2),
        ("aws", "l40s", 4, "g6e.12xlarge", 1),
        ("gcp", "h100", 64, "a3-megagpu-8g", 8),
        ("gcp", "h100", 2, "a3-highgpu-2g", 1),
        ("gcp", "b200", None, "a4-highgpu-8g", 1),
        ("azure", "h200", 8, "Standard_ND96isr_H200_v5", 1),
        ("onprem", "h100", 16, "dgx-h100", 2),
    ],
)
def test_a_neutral_dial_finds_the_machine(
    platform: str, accelerator: str, gpus: int | None, name: str, nodes: int
) -> None:
    """The fewest machines win, then a fabric, then no waste, then what can be bought, then the faster fabric."""
    choice = machines.choose(platform, accelerator, gpus)
    assert (choice.machine.name, choice.nodes) == (name, nodes)
    assert name not in choice.others


@given(pair=st.sampled_from(WITH), gpus=st.integers(1, 4096))
def test_a_choice_always_has_enough_and_no_machine_too_many(pair: tuple[str, str], gpus: int) -> None:
    """Whatever is asked for, the nodes hold it, and one node fewer would not."""
    choice = machines.choose(*pair, gpus)
    assert choice.nodes * choice.machine.gpus >= gpus > (choice.nodes - 1) * choice.machine.gpus
    assert choice.machine.accelerator is not None
    assert choice.machine.accelerator.model == pair[1]


def test_a_platform_without_the_accelerator_lists_what_it_has() -> None:
    """Azure has no B200 in the table: the error lists its accelerators and suggests the nearest."""
    with pytest.raises(CatalogError, match=r"azure has no machine with 'b200'.*Did you mean 'gb200'"):
        machines.choose("azure", "b200")


def test_every_accelerator_is_known_and_used() -> None:
    """Each model that a machine names has a row, and each row a machine."""
    assert {model for _, model in WITH} == {row.name for row in accelerators.all()}
    with pytest.raises(CatalogError, match="h100"):
        accelerators.get("H-100")
