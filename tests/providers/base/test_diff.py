"""Diff: the smallest places that changed."""

import pytest
from pulumi.runtime.proto import provider_pb2

from providers.base.diff import Change, changes, respond
from providers.base.values import UNKNOWN, Secret


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, [Change(("a",), "UPDATE")]),
        ({"a": {"b": 1}}, {"a": {"c": 1}}, [Change(("a", "b"), "DELETE"), Change(("a", "c"), "ADD")]),
        ({"a": [1, 2]}, {"a": [1, 3, 4]}, [Change(("a", 1), "UPDATE"), Change(("a", 2), "ADD")]),
        ({"a": [1, 2]}, {"a": [1]}, [Change(("a", 1), "DELETE")]),
        ({"a": UNKNOWN}, {"a": UNKNOWN}, [Change(("a",), "UPDATE")]),
        ({"a": Secret("x")}, {"a": Secret("x")}, []),
        ({"a": Secret("x")}, {"a": Secret("y")}, [Change(("a",), "UPDATE")]),
        ({"a": "x"}, {"a": Secret("x")}, [Change(("a",), "UPDATE", only_mark=True)]),
        ({"a": "x"}, {"a": Secret("y")}, [Change(("a",), "UPDATE")]),
    ],
)
def test_changes(old: dict[str, object], new: dict[str, object], found: list[Change]) -> None:
    """Each pair of bags differs at exactly the listed places."""
    assert list(changes(old, new)) == found


def test_answer_names_replacement_and_drift() -> None:
    """A changed input that can't change in place replaces; drift is told as an output, not an input."""
    found = changes({"command": ["a"], "retries": 0}, {"command": ["b"], "retries": 1})
    answer = respond(found, ["status"], frozenset({"command"}), delete_first=True)
    kinds = {path: (entry.kind, entry.inputDiff) for path, entry in answer.detailedDiff.items()}
    assert kinds == {
        "command[0]": (provider_pb2.PropertyDiff.UPDATE_REPLACE, True),
        "retries": (provider_pb2.PropertyDiff.UPDATE, True),
        "status": (provider_pb2.PropertyDiff.UPDATE, False),
    }
    assert list(answer.replaces) == ["command"]
    assert list(answer.diffs) == ["command", "retries", "status"]
    assert answer.deleteBeforeReplace


def test_a_mark_alone_never_replaces() -> None:
    """Making an input secret updates state, and doesn't run the job anew."""
    answer = respond(changes({"a": "x"}, {"a": Secret("x")}), [], frozenset({"a"}), delete_first=False)
    assert (list(answer.replaces), list(answer.diffs)) == ([], ["a"])


def test_no_change_is_said_so() -> None:
    """Without changes and drift the answer is DIFF_NONE, not silence."""
    assert respond([], [], frozenset(), delete_first=False).changes == provider_pb2.DiffResponse.DIFF_NONE
