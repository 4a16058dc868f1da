"""Aliases repeat a value as often as settings need, and never until memory is full."""

import pytest
import yaml

from infra import aliases

LAUGHS = "- &a0 [lol]\n" + "".join(
    f"- &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 30)
)
LONG = f"- &a {'x' * 1000}\n" + "- *a\n" * 200


def test_ordinary_aliases_and_merges_are_what_they_stand_for() -> None:
    """One alias, one of a map, and a merge with a field of its own; text without any may be of any length."""
    text = "a: &a 1\nb: *a\nc: &c {d: 1, e: 2}\nf: *c\ng: {<<: *c, e: 3}\n"
    assert aliases.load(text) == {
        "a": 1,
        "b": 1,
        "c": {"d": 1, "e": 2},
        "f": {"d": 1, "e": 2},
        "g": {"d": 1, "e": 3},
    }
    assert len(aliases.load("- x\n" * aliases.LARGEST)) == aliases.LARGEST
    assert aliases.load("# nothing\n") is None


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (LAUGHS, 6, "more than 100,000 characters"),
        (LONG, 1, "more than 100,000 characters"),
        ("a: {b: 1}\nc: &c\n  d: *c\n", 2, "the value that it is in"),
        ("&a [*a]\n", 1, "the value that it is in"),
    ],
    ids=["a billion laughs", "one long text", "a map in itself", "a list in itself"],
)
@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
def test_what_would_never_end_is_refused_with_its_line(
    text: str, line: int, told: str, loader: aliases.Loader
) -> None:
    """Whether by aliases to aliases, by a long text or by a circle: before anybody walks it."""
    with pytest.raises(aliases.RepeatedError, match=told) as caught:
        aliases.load(text, loader)
    assert caught.value.problem_mark is not None
    assert caught.value.problem_mark.line + 1 == line
