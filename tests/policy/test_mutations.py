"""Stacks without a finding, and defects that bring exactly one."""

import pytest

from console.plan import stage
from policy.judge.finding import Finding
from policy.model.verdicts import Unverified
from tests.policy.mutations.__main__ import PAGE
from tests.policy.mutations.page import page
from tests.policy.mutations.table import STACKS, Row, findings, rows, said, topics


def test_every_stack_file_has_a_table() -> None:
    """A new reference stack is recorded and broken like the others."""
    assert sorted(STACKS) == stage.stacks()


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_has_no_finding(stack: str) -> None:
    """As the engine made it, a reference stack keeps every rule, with every value known."""
    assert [one.text() for one in findings(stack).values() if not _of_the_table(one)] == []


def _of_the_table(finding: Finding) -> bool:
    """Tell whether a finding is about the price table: a price without a source or a date is no stack's defect."""
    rules = {"everything-has-a-price", "prices-are-fresh"}
    return finding.rule.name in rules and isinstance(finding.verdict, Unverified)


@pytest.mark.parametrize("row", list(rows()), ids=str)
def test_a_defect_brings_its_finding_and_no_other(row: Row) -> None:
    """One defect, one finding: of the rule that is about it, on the resource that has it."""
    assert [said(one) for one in row.found()] == [row.wanted]


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_has_twenty_defects_of_several_kinds(stack: str) -> None:
    """Twenty defects or more, no two alike, of all topics that the platform has rules for."""
    given = STACKS[stack]
    assert len(given) >= 20
    assert len({mutation.says for mutation in given}) == len(given)
    assert len({topics()[mutation.rule].topic for mutation in given}) >= 5


def test_the_page_is_fresh() -> None:
    """The page says what the tables say; `make docs` writes it again."""
    assert PAGE.read_text(encoding="utf-8") == page()
