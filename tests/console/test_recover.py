"""What a killed run may have left on this machine becomes part of the state, so that the next refresh looks at it."""

from typing import Any

import pytest

from console.recover import adopt

PROVIDER = {
    "urn": "urn:pulumi:x::p::pulumi:providers:localhost::default",
    "id": "1",
    "type": "pulumi:providers:localhost",
}
URN = "urn:pulumi:x::p::localhost:index:Job::pretrain"


def cut_off(token: str = "localhost:index:Job", operation: str = "creating") -> dict[str, Any]:
    """Give the note of an operation that never ended."""
    inputs = {"directory": "/jobs/pretrain", "url": "file:///b", "keyRing": "/keys", "path": "/keys"}
    reference = f"{PROVIDER['urn']}::1"
    return {
        "type": operation,
        "resource": {"urn": URN, "type": token, "inputs": inputs, "provider": reference},
    }


@pytest.mark.parametrize(
    ("token", "address"),
    [
        ("localhost:index:Job", "/jobs/pretrain"),
        ("localhost:index:Service", "/jobs/pretrain"),
        ("localhost:index:KeyRing", "/keys"),
        ("localhost:index:Bucket", "file:///b,/keys"),
    ],
)
def test_a_creation_becomes_an_entry_with_its_address(token: str, address: str) -> None:
    """The note is gone, and a refresh will read what stands at the address."""
    mended = adopt({"resources": [PROVIDER], "pending_operations": [cut_off(token)]})
    assert mended is not None
    assert mended["pending_operations"] == []
    assert mended["resources"][-1]["id"] == address
    assert mended["resources"][-1]["outputs"] == {}


def test_an_entry_that_waits_for_its_replacement_makes_room() -> None:
    """Deleting the old entry would not reach the process that the new one started."""
    old = {"urn": URN, "type": "localhost:index:Job", "id": "/old", "pendingReplacement": True}
    mended = adopt({"resources": [PROVIDER, old], "pending_operations": [cut_off()]})
    assert mended is not None
    assert [entry["id"] for entry in mended["resources"]] == ["1", "/jobs/pretrain"]


def test_what_was_adopted_meanwhile_is_not_added_twice() -> None:
    """Only the note goes; the entry stays as it is."""
    present = {
        "urn": URN,
        "type": "localhost:index:Job",
        "id": "/jobs/pretrain",
        "outputs": {"status": "succeeded"},
    }
    mended = adopt({"resources": [PROVIDER, present], "pending_operations": [cut_off(), cut_off()]})
    assert mended is not None
    assert mended["resources"] == [PROVIDER, present]


@pytest.mark.parametrize("note", [cut_off(token="aws:s3/bucket:Bucket"), cut_off(operation="deleting")])
def test_other_notes_stay(note: dict[str, Any]) -> None:
    """Only a cloud can tell what became of its resource, and a refresh clears what isn't a creation."""
    assert adopt({"resources": [PROVIDER], "pending_operations": [note]}) is None
