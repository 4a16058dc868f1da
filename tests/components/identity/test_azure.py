"""Identities on Azure: rights end at the workload's own folder."""

from components.identity.azure import narrowed
from components.identity.shape import StoreRight
from components.microsoft import rights


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


def test_a_writer_has_rights_on_blobs_and_none_on_their_container() -> None:
    """Nothing of the role is a right of Resource Manager, and each action of it is one that a prefix narrows."""
    writer = narrowed(StoreRight("id", "write", "runs/a", None)) or ""
    assert all(f"{rights.BLOBS}/{action}" in writer for action in rights.WRITING)
    assert not [action for action in rights.WRITING if "container" in action or "*" in action]


def test_everybody_who_knows_a_container_knows_its_role() -> None:
    """The number is the container's alone, whatever case an id is written in; another container has another one."""
    account = "/subscriptions/S/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a"
    container = f"{account}/blobServices/default/containers/c"
    assert rights.writer(container) == rights.writer(container.lower())
    assert rights.writer(container) != rights.writer(f"{container}2")
