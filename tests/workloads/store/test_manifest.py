"""The manifest says what a bucket is; it is read strictly."""

import dataclasses
import json

import pytest

from workloads.store import DamagedError, Lifecycle, Manifest, StoreError

FULL = Manifest(
    owner="urn:pulumi:dev::p::localhost:index:Bucket::b",
    encryption="customer-managed",
    key_ring="ab" * 16,
    versioning=True,
    lifecycle=Lifecycle(noncurrent_versions=3, expire_days=0.5),
    data_class="restricted",
    labels={"team": "vision"},
)


@pytest.mark.parametrize("manifest", [Manifest(), FULL])
def test_a_manifest_comes_back(manifest: Manifest) -> None:
    """What is written is what is read."""
    assert Manifest.from_bytes(manifest.to_bytes(), "b") == manifest


def test_a_manifest_without_a_data_class_opens() -> None:
    """Buckets made before data classes were written down open, and hold data of no class; all else is required."""
    document = json.loads(FULL.to_bytes())
    del document["dataClass"]
    assert Manifest.from_bytes(json.dumps(document).encode(), "b") == dataclasses.replace(
        FULL, data_class=None
    )


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"encryption": "rot13"},
        {"id": "x"},
        {"lifecycle": 3},
        {"lifecycle": {"expireDays": -1}},
        {"keyRing": None},
    ],
)
def test_a_manifest_that_makes_no_sense_is_told(change: dict[str, object]) -> None:
    """A field of another format, kind or range is an error that names the bucket."""
    with pytest.raises(DamagedError, match=r"file:///b: the bucket's manifest can't be read"):
        Manifest.from_bytes(json.dumps(json.loads(FULL.to_bytes()) | change).encode(), "file:///b")


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff"])
def test_bytes_that_are_no_manifest_are_told(data: bytes) -> None:
    """Anything that is not a manifest is damage, never a plain bucket."""
    with pytest.raises(DamagedError):
        Manifest.from_bytes(data, "b")


def test_encryption_and_ring_go_together() -> None:
    """A sealed bucket without a ring, or a ring without sealing, can't be written."""
    with pytest.raises(StoreError, match="each needs the other"):
        Manifest(encryption="customer-managed")
    with pytest.raises(StoreError, match="each needs the other"):
        Manifest(key_ring="ab" * 16)
