"""What a node has left for pods is less than its machine, and no less than the clouds' own examples say."""

import pytest

from infra.catalog import machines, room


@pytest.mark.parametrize("platform", ["aws", "gcp", "azure", "onprem"])
def test_pods_never_get_the_whole_machine(platform: str) -> None:
    """A bound that gave everything away would let pods through that wait for ever."""
    for machine in machines.all(platform):
        cores, memory = room.cpus(machine), room.memory_gib(machine)
        assert cores is None or 1 <= cores < (machine.vcpus or 0)
        assert memory is None or 1 <= memory < (machine.memory_mib or 0) / 1024


def test_what_clouds_give_as_examples_has_that_room() -> None:
    """Of AKS's 8 cores 7.82 are left, less its agents; of GKE's 16 GB e2 13 GiB, of a 100 GB disk 43 (their guides)."""
    eight = machines.get("azure", "Standard_D8s_v5")
    four = machines.get("gcp", "e2-standard-4")
    assert room.cpus(eight) == 6
    assert 9 <= (room.memory_gib(four) or 0) <= 13
    assert 20 <= (room.disk_gib(four, 100) or 0) <= 43


def test_huge_pages_are_not_memory_for_pods() -> None:
    """EFA sets pages aside on machines of a fabric, and on no other."""
    machine = machines.get("aws", "p5.48xlarge")
    pages = machine.need("hugepages_mib") / 1024
    apart = (room.memory_gib(machine) or 0) - (room.memory_gib(machine, fabric=True) or 0)
    assert abs(apart - pages) <= 1


@pytest.mark.parametrize(
    ("platform", "name", "least", "most"),
    [
        ("aws", "p5.48xlarge", 20_000, 28_313),
        ("aws", "m7i.xlarge", 140, 180),
        ("gcp", "a3-ultragpu-8g", 9_000, 12_000),
        ("gcp", "g2-standard-24", 60, 104),
        ("azure", "Standard_ND96isr_H100_v5", 140, 180),
    ],
)
def test_local_disks_count_where_pods_are_put_on_them(
    platform: str, name: str, least: int, most: int
) -> None:
    """EC2's NVMe and Google's local SSD hold containers here; on Azure the root disk does, and is all there is."""
    found = room.disk_gib(machines.get(platform, name), 200)
    assert found is not None
    assert least <= found <= most


def test_a_sites_disks_are_not_ours_to_know() -> None:
    """No number is made up where the site decides."""
    assert room.disk_gib(machines.get("onprem", "hgx-h100"), 200) is None


def test_the_smallest_disk_that_helps_is_named() -> None:
    """The size that is told is enough, 64 GiB less is not, and nothing is told where local disks decide."""
    machine = machines.get("azure", "Standard_ND96isr_H100_v5")
    size = room.least_root_gib(machine, 264)
    assert size is not None
    assert (room.disk_gib(machine, size) or 0) >= 264 > (room.disk_gib(machine, size - 64) or 0)
    assert room.least_root_gib(machines.get("aws", "g5.xlarge"), 1000) is None
