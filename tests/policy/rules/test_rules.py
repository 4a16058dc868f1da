"""Every rule on every platform that it names: resources that keep it, resources that break it."""

from collections.abc import Iterator
from typing import Any

import pytest

from policy.rules import TOPICS
from tests.policy import sdk
from tests.policy.rules import budget, encryption, exposure, fabric, operations, residency
from tests.policy.rules.case import RULES, Case, table

CASES = [
    *residency.CASES,
    *encryption.CASES,
    *budget.CASES,
    *fabric.CASES,
    *exposure.CASES,
    *operations.CASES,
]


@table(CASES)
def test_the_rule_says(case: Case) -> None:
    """The last resource of the row keeps the rule, breaks it, or can't be verified."""
    assert case.judge() == case.verdict


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_has_a_row_that_keeps_and_one_that_breaks_it(name: str) -> None:
    """A rule that can't be broken by its own table tests nothing."""
    words = {case.verdict for case in CASES if case.rule == name}
    assert {"keeps", "breaks"} <= words


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_says_why_and_how(name: str) -> None:
    """Every rule has a sentence, a reason, a fix, controls of two frameworks at least, and a page."""
    rule = RULES[name]
    assert rule.topic in TOPICS
    assert all(text.strip() and not text.endswith(" ") for text in (rule.says, rule.why, rule.fix))
    assert not rule.says.endswith(".")
    assert len(rule.frameworks.named()) >= 2
    assert rule.url == f"docs/policies/{rule.topic}.md#{name}"
    assert rule.at_create or rule.in_stack


def _paths(value: Any, at: str = "") -> Iterator[str]:
    """Give the path of every leaf of a property bag."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _paths(inner, f"{at}.{key}" if at else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from _paths(inner, at)
    else:
        yield at


CLOUD = {
    (one.type, path)
    for case in CASES
    for one in case.resources
    if one.type.split(":", 1)[0] in sdk.PACKAGES
    for path in _paths(one.props)
    if path and "/" not in path
}


@pytest.mark.parametrize(("kind", "path"), sorted(CLOUD), ids=lambda value: value)
def test_a_row_uses_properties_that_the_sdk_has(kind: str, path: str) -> None:
    """No row is written against a property that the installed SDK does not know."""
    assert sdk.has(kind, path)


TYPES = sorted(
    kind
    for kind in {
        kind for rule in RULES.values() for kind in (*rule.at_create, *rule.in_stack, *rule.remedies)
    }
    if kind != "*" and not kind.startswith(("localhost:", "causeway:", "pulumi:"))
)


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_of_a_rule_exists(kind: str) -> None:
    """Every type token that a rule names is one of the installed SDKs."""
    assert sdk.inputs(kind)
