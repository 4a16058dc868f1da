"""A key ring and a sealed bucket for each test."""

from pathlib import Path

import pytest

from workloads.store import KeyRing, Store


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """Give a new key ring."""
    return KeyRing.create(tmp_path / "ring")


@pytest.fixture
def store(tmp_path: Path, ring: KeyRing) -> Store:
    """Give a new sealed bucket."""
    return Store.create((tmp_path / "bucket").as_uri(), ring)
