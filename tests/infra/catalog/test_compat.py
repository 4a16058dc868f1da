"""Versions that belong together, and versions that break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalog import bindings, compat, fabric, machines

NUMBERS = st.lists(st.integers(0, 9999), min_size=1, max_size=4)


def problems(versions: dict[str, str], platform: str = "", name: str = "") -> list[str]:
    """What the table says against some versions."""
    machine = machines.get(platform, name) if name else None
    return [str(problem) for problem in compat.check(versions, machine)]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("0.5.9", "0.5.10"),
        ("v1.0.14", "1.0.15"),
        ("580", "580.126.20"),
        ("1.34.1-gke.1829000", "1.34.1-gke.1829001"),
    ],
)
def test_versions_are_compared_by_number(older: str, newer: str) -> None:
    """10 comes after 9, a `v` means nothing, missing numbers are 0, and GKE's build number counts."""
    assert compat.older(older, newer)
    assert not compat.older(newer, older)
    assert not compat.older(newer, newer)


@given(one=NUMBERS, other=NUMBERS)
def test_of_two_versions_at_most_one_is_older(one: list[int], other: list[int]) -> None:
    """The order of versions has no cycle."""
    a, b = ".".join(map(str, one)), ".".join(map(str, other))
    assert not (compat.older(a, b) and compat.older(b, a))


def test_a_range_is_the_sum_of_its_rules() -> None:
    """p5's NCCL plugin has two floors, of which the higher holds; p6e's driver has a floor and a ceiling."""
    plugin = compat.range_of("aws-ofi-nccl", machines.get("aws", "p5.48xlarge"))
    assert plugin is not None
    assert plugin.minimum == "1.7.2"
    driver = fabric.drivers(machines.get("aws", "p6e-gb200.36xlarge"))
    assert driver is not None
    assert (driver.minimum, driver.below) == ("580.126.20", "595")
    assert fabric.drivers(machines.get("aws", "g6.xlarge")) is None


@pytest.mark.parametrize(
    ("version", "good"),
    [
        ("1.28.15-gke.3163000", True),
        ("1.28.14-gke.1", False),
        ("1.27.9-gke.1", False),
        ("1.33.2-gke.1", True),
    ],
)
def test_each_release_branch_has_its_own_floor(version: str, good: bool) -> None:
    """TCPXO came to each GKE branch at another patch; older branches never got it, newer ones have it."""
    assert (problems({"gke": version}, "gcp", "a3-megagpu-8g") == []) is good


def test_what_the_table_pins_passes_its_own_rules() -> None:
    """Plugin, installer and sidecar that stacks install are a known-good set on every machine."""
    for machine in machines.all():
        row = fabric.of(machine)
        pinned = {tool.name: tool.pinned for tool in (row.plugin, row.installer, row.daemon) if tool}
        assert compat.check(pinned, machine) == ()


def test_machines_and_fabrics_of_rules_exist() -> None:
    """A rule about a machine that is not in the table would never be asked."""
    known = {f"{machine.platform}/{machine.name}" for machine in machines.all()}
    for rule in compat.rules():
        assert set(rule.machines) <= known
    for floor in fabric.floors():
        assert set(floor.machines) <= known


def test_bindings_are_read_and_compared() -> None:
    """Single cores and ranges are read; a core on both sides is found; nonsense is refused."""
    assert bindings.parse("eth1:1-3,7")["eth1"] == {1, 2, 3, 7}
    assert bindings.shared("eth1:8-21", "eth2:21-30") == {21}
    assert bindings.shared("eth1:8-21", "eth2:22-30") == frozenset()
    with pytest.raises(ValueError, match="write it like"):
        bindings.parse("eth1:a-b")
