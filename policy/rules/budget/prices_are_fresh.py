"""Prices that matter are not old."""

import datetime as dt

from infra.catalog.cost.line import Priced
from policy.model import controls
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Option, Rule, Severity
from policy.model.verdicts import PASS, Fail, Unverified, Verdict, worst


def _age(_stack: Resource, facts: Facts) -> Verdict:
    total = facts.ledger.total().expected
    lines = [line for lines in facts.ledger.lines.values() for line in lines if isinstance(line, Priced)]
    heavy = [line for line in lines if line.monthly.expected > total * float(facts.options["share"])]
    return worst(_aged(line, facts) for line in heavy)


def _aged(line: Priced, facts: Facts) -> Verdict:
    day = _day(line.as_of)
    if day is None:
        return Unverified(f"the price of {line.item} has no date")
    days = (facts.today - day).days
    if days > int(facts.options["failDays"]):
        return Fail(
            f"the price of {line.item} in {line.region} is {days} days old",
            "renew it: causeway refresh-prices",
        )
    if days > int(facts.options["warnDays"]):
        return Unverified(f"the price of {line.item} in {line.region} is {days} days old")
    return PASS


def _day(as_of: str) -> dt.date | None:
    """Read a day, a month or a year as its first day; anything else has no date."""
    padded = as_of + "-01" * (3 - len(as_of.split("-")))
    try:
        return dt.date.fromisoformat(padded)
    except ValueError:
        return None


RULE = Rule(
    name="prices-are-fresh",
    says="Prices that matter are not old",
    why="In June 2025 a p5.48xlarge in us-east-1 went from 98.32 to 55.04 USD an hour: an old price is a wrong price",
    fix="Renew the prices with causeway refresh-prices.",
    severity=Severity.MEDIUM,
    frameworks=controls.MONEY,
    in_stack={"pulumi:pulumi:Stack": _age},
    options={
        "warnDays": Option(730, {"type": "integer", "minimum": 1}, "Older prices give a warning."),
        "failDays": Option(1095, {"type": "integer", "minimum": 1}, "Older prices stop the run."),
        "share": Option(
            0.05, {"type": "number"}, "Lines below this part of the stack's cost are not looked at."
        ),
    },
)
