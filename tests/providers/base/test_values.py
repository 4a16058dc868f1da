"""Plain values with marks."""

from hypothesis import given
from hypothesis import strategies as st

from providers.base.values import (
    UNKNOWN,
    Secret,
    at,
    dotted,
    has_secret,
    has_unknown,
    mark_like,
    plain,
    secret_texts,
)

LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5) | st.just(UNKNOWN)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | inner.map(Secret)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_plain_keeps_everything_but_the_marks(value: object) -> None:
    """Stripping marks leaves no Secret, keeps UNKNOWN, and does nothing the second time."""
    stripped = plain(value)
    assert not has_secret(stripped)
    assert has_unknown(stripped) == has_unknown(value)
    assert plain(stripped) == stripped


@given(VALUES)
def test_marks_come_back_on_an_unchanged_value(value: object) -> None:
    """Marking a stripped value like the original hides every text that the original hid."""
    again = mark_like(value, plain(value))
    assert set(secret_texts(again)) >= set(secret_texts(value))
    assert plain(again) == plain(value)


def test_marks_follow_paths() -> None:
    """A mark stays on its own key and index; keys that came later are plain."""
    template = {"env": {"A": Secret("x"), "B": "y"}, "list": ["a", Secret("b")]}
    value = {"env": {"A": "1", "B": "2", "C": "3"}, "list": ["a", "b", "c"], "status": "up"}
    assert mark_like(template, value) == {
        "env": {"A": Secret("1"), "B": "2", "C": "3"},
        "list": ["a", Secret("b"), "c"],
        "status": "up",
    }


def test_secret_never_shows_in_repr() -> None:
    """Printing a bag by mistake shows no secret."""
    assert "hunter2" not in repr({"password": Secret("hunter2")})


def test_paths_are_written_as_pulumi_writes_them() -> None:
    """Names join by dots, indexes and odd names stand in brackets."""
    assert dotted(("environment", "HOME")) == "environment.HOME"
    assert dotted(("command", 0)) == "command[0]"
    assert dotted(("labels", "data.class")) == 'labels["data.class"]'


def test_at_follows_as_far_as_it_leads() -> None:
    """A path into secrets is followed; one that leads nowhere ends where it is lost."""
    bag = {"a": Secret({"b": [1, UNKNOWN]})}
    assert at(bag, ("a", "b", 1)) is UNKNOWN
    assert at(bag, ("a", "b", 7)) == [1, UNKNOWN]
