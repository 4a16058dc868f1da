"""What the rules cover of each framework."""

import pytest

from policy.frameworks import CONTROLS, base, coverage
from policy.rules import load
from tests.policy.rules.case import RULES


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_control_of_a_rule_exists(name: str) -> None:
    """A misspelt control number would count as coverage of nothing."""
    for framework, controls in RULES[name].frameworks.named().items():
        assert {base(control) for control in controls} <= set(CONTROLS[framework])


def test_a_gap_is_shown_as_a_gap() -> None:
    """A control that no rule serves has an empty list, and stays in the table."""
    table = coverage(load())
    assert table["HIPAA"]["164.312(a)(2)(iii)"] == []
    assert "stores-use-our-keys" in table["NIST 800-53"]["SC-28"]


def test_an_enhancement_counts_for_its_control() -> None:
    """`SC-28(1)` is part of `SC-28`; an article of a law has its brackets in its name."""
    assert base("SC-28(1)") == "SC-28"
    assert base("Art. 32(1)(a)") == "Art. 32(1)(a)"
