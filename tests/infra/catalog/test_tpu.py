"""The arithmetic of TPU slices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.catalog import machines, tpu
from infra.catalog.rows import CatalogError

V5P = machines.get("gcp", "ct5p-hightpu-4t")


@pytest.mark.parametrize(
    ("name", "topology", "chips", "nodes", "hosts"),
    [
        ("ct5lp-hightpu-1t", "1x1", 1, 1, "single-host"),
        ("ct5lp-hightpu-8t", "2x4", 8, 1, "single-host"),
        ("ct5lp-hightpu-4t", "2x4", 8, 2, "multi-host"),
        ("ct6e-standard-4t", "16x16", 256, 64, "multi-host"),
        ("ct5p-hightpu-4t", "2x2x1", 4, 1, "single-host"),
        ("ct5p-hightpu-4t", "8x16x16", 2048, 512, "multi-host"),
        ("tpu7x-standard-4t", "4x4x4", 64, 16, "multi-host"),
    ],
)
def test_nodes_are_chips_over_chips_of_a_node(
    name: str, topology: str, chips: int, nodes: int, hosts: str
) -> None:
    """The product of the sides is the chips; each node holds as many as its name says."""
    made = tpu.slice_of(machines.get("gcp", name), topology)
    assert (made.chips, made.nodes, made.hosts) == (chips, nodes, hosts)
    assert made.label == {"cloud.google.com/gke-tpu-topology": topology}


@pytest.mark.parametrize(
    ("name", "topology", "why"),
    [
        ("ct5lp-hightpu-1t", "2x2", "one chip"),
        ("ct6e-standard-8t", "2x2", "a multiple of 8 chips"),
        ("ct6e-standard-4t", "4x4x4", "write it like 4x4"),
        ("ct6e-standard-4t", "4x2", "Did you mean '2x4'"),
        ("ct5p-hightpu-4t", "4x4x6", "cannot build"),
        ("ct5p-hightpu-4t", "8x4x4", "rise by fours"),
        ("ct5p-hightpu-4t", "16x24x24", "140 cubes"),
        ("a3-highgpu-8g", "2x2", "has no TPU"),
    ],
)
def test_a_shape_that_cannot_be_built_is_told(name: str, topology: str, why: str) -> None:
    """Too few chips, the wrong dimension, unknown shapes, too many cubes, and machines without TPU are refused."""
    with pytest.raises(CatalogError, match=why):
        tpu.slice_of(machines.get("gcp", name), topology)


@given(sides=st.lists(st.integers(1, 8).map(lambda side: side * 4), min_size=3, max_size=3).map(sorted))
def test_cubes_are_built_up_to_their_number(sides: list[int]) -> None:
    """Rising sides in fours build a v5p slice exactly when they need no more than 140 cubes of 64 chips."""
    topology = "x".join(map(str, sides))
    chips = sides[0] * sides[1] * sides[2]
    if chips <= 140 * 64:
        assert tpu.slice_of(V5P, topology).nodes * 4 == chips
    else:
        with pytest.raises(CatalogError):
            tpu.slice_of(V5P, topology)
