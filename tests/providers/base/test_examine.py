"""Check: known parts are validated, unknown ones pass, all mistakes come at once."""

from typing import Any, Literal

from pydantic import Field

from providers.base.examine import examine
from providers.base.resource import Inputs
from providers.base.values import UNKNOWN, Secret


class Rule(Inputs):
    """A nested model."""

    keep_days: int = 30
    """How long."""


class Trial(Inputs):
    """Inputs with every kind of field."""

    command: list[str] = Field(min_length=1)
    """Required."""

    day: int | None = None
    """Optional."""

    restart: Literal["never", "on-failure", "always"] = "on-failure"
    """A choice."""

    environment: dict[str, str] = Field(default_factory=dict)
    """A map."""

    rule: Rule | None = None
    """Nested."""


class Loose(Inputs):
    """A model that takes anything."""

    triggers: dict[str, Any] = Field(default_factory=dict)
    """Any values."""


def told(given: dict[str, object]) -> list[str]:
    """Give the mistakes as the user reads them."""
    return [str(problem) for problem in examine(Trial, given)[1]]


def test_defaults_are_filled_in() -> None:
    """Passing inputs come back complete, nested defaults included, without empty optionals."""
    assert examine(Trial, {"command": ["a"], "rule": {}}) == (
        {"command": ["a"], "restart": "on-failure", "environment": {}, "rule": {"keepDays": 30}},
        [],
    )


def test_every_mistake_at_once() -> None:
    """Each mistake says where, what was given, what is allowed and what was meant."""
    mistakes = told({"comand": ["a"], "restart": "alway", "environment": {"A": {}}, "rule": {"keepDay": 3}})
    assert mistakes == [
        "command: is required and was not given",
        "restart: 'alway' is not allowed; did you mean 'always'?; allowed: 'never', 'on-failure', 'always'",
        "environment.A: {} can't be used: input should be a valid string",
        "rule.keepDay: there is no such property; did you mean 'keepDays'?; allowed: keepDays",
        "comand: there is no such property; did you mean 'command'?; allowed: command, day, environment, restart, rule",
    ]


def test_unknown_passes_and_the_rest_is_still_checked() -> None:
    """An unknown value is no mistake; a wrong one beside it is."""
    assert told({"command": UNKNOWN, "environment": {"A": UNKNOWN, "B": 1}}) == [
        "environment.B: 1 can't be used: input should be a valid string"
    ]


def test_unknown_keeps_its_place_among_defaults() -> None:
    """Fields that hold an unknown stay as given, the others get defaults and canonical values."""
    checked, problems = examine(Trial, {"command": ["a", UNKNOWN], "day": "3"})
    assert problems == []
    assert checked == {
        "command": ["a", UNKNOWN],
        "restart": "on-failure",
        "environment": {},
        "day": 3,
    }


def test_unknown_in_a_field_of_any_type() -> None:
    """Where everything is allowed an unknown stays unknown too."""
    assert examine(Loose, {"triggers": {"x": UNKNOWN}}) == ({"triggers": {"x": UNKNOWN}}, [])


def test_secret_marks_stay() -> None:
    """A secret input is secret after Check, in a list, in a map, or as a whole."""
    given = {"command": ["a", Secret("b")], "environment": Secret({"A": "x"})}
    checked, _ = examine(Trial, given)
    assert checked["command"] == ["a", Secret("b")]
    assert checked["environment"] == Secret({"A": "x"})


def test_secret_values_are_not_told() -> None:
    """The text about a wrong secret doesn't hold it."""
    assert told({"command": ["a"], "day": Secret([1])}) == [
        "day: the secret value can't be used: input should be a valid integer"
    ]
