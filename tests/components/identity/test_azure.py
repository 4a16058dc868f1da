"""Identities on Azure: rights end at the workload's own folder."""

from components.identity.azure import narrowed
from components.identity.shape import StoreRight


def test_all_of_a_store_needs_no_condition() -> None:
    """The role on the container says it already."""
    assert narrowed(StoreRight("id", "write", "", None)) is None


def test_a_prefix_narrows_blobs_and_lists() -> None:
    """Reading, writing and deleting end at the folder, and so does listing; a reader gets no word on writing."""
    writer = narrowed(StoreRight("id", "write", "runs/a", None)) or ""
    reader = narrowed(StoreRight("id", "read", "runs/a", None)) or ""
    for action in ("blobs/write", "blobs/delete", "blobs/add/action"):
        assert action in writer
        assert action not in reader
    for condition in (reader, writer):
        assert "blobs:path] StringLike 'runs/a/*'" in condition
        assert "blobs:prefix] StringStartsWith 'runs/a/'" in condition
        assert condition.count("(") == condition.count(")")
