"""Every capability: its shape refuses what it can't build, fills in documented defaults, and is documented whole."""

import importlib
from typing import Any

import pytest

from components.gpu_cluster.local import count_gpus
from components.gpu_cluster.shape import parse as parse_cluster
from components.key_ring.shape import parse as parse_keys
from components.object_store.shape import parse as parse_store
from infra.docstrings import field_docs
from infra.problems import ProblemsError
from tools.docs.support import capabilities


def args_class(capability: str) -> Any:
    """Give the `Args` of a capability."""
    shape = importlib.import_module(f"components.{capability}.shape")
    return getattr(shape, f"{''.join(word.capitalize() for word in capability.split('_'))}Args")


@pytest.mark.parametrize("capability", capabilities())
def test_every_argument_is_documented(capability: str) -> None:
    """The string under a field becomes the schema's description; none is missing."""
    args = args_class(capability)
    assert set(field_docs(args)) == set(args.__annotations__)


@pytest.mark.parametrize("capability", capabilities())
def test_every_optional_argument_says_its_default(capability: str) -> None:
    """A reader never has to look into the code for what happens when a key is left out."""
    args = args_class(capability)
    silent = [name for name in args.__optional_keys__ if not _says_default(field_docs(args)[name])]
    assert silent == []


def _says_default(text: str) -> bool:
    return any(word in text for word in ("Default", "Required"))


def test_a_store_needs_a_key_unless_it_is_plain() -> None:
    """Encryption without a key is refused; `none` needs no key."""
    with pytest.raises(ProblemsError, match="key: is missing"):
        parse_store({"platform": "local", "data_class": "text"})
    assert parse_store({"platform": "local", "data_class": "text", "encryption": "none"}).key is None


def test_a_lock_needs_versions() -> None:
    """Write-once without versioning contradicts itself."""
    args = {"platform": "aws", "data_class": "x", "key": "k", "lock_days": 30, "versioning": False}
    with pytest.raises(ProblemsError, match="a lock needs versions"):
        parse_store(args)


def test_a_key_ring_needs_a_class() -> None:
    """No class of data, no key."""
    with pytest.raises(ProblemsError, match="at least one"):
        parse_keys({"platform": "local", "rotation_days": {}})


def test_rotation_has_bounds() -> None:
    """A period of zero days or of three years is refused with the class's name."""
    with pytest.raises(ProblemsError, match=r"rotation_days\.pii: given 1000; allowed: 1 to 730"):
        parse_keys({"platform": "local", "rotation_days": {"pii": 1000}})


def test_a_pool_keeps_its_bounds_in_order() -> None:
    """More nodes than the most is a contradiction."""
    pool = {"machine": "p5.48xlarge", "purpose": "training", "nodes": 9, "max_nodes": 8}
    with pytest.raises(ProblemsError, match="min_nodes <= nodes <= max_nodes"):
        parse_cluster({"platform": "aws", "pools": {"train": pool}})


def test_gpus_are_counted_by_the_driver(tmp_path: Any) -> None:
    """Two folders of the kernel driver are two GPUs; no driver is none."""
    for bus in ("0000:01:00.0", "0000:02:00.0"):
        (tmp_path / bus).mkdir()
    assert count_gpus(tmp_path) == 2
    assert count_gpus(tmp_path / "absent") == 0
