"""A change adds no more to the bill than it may."""

import math

from policy.model import controls, money
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Option, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Verdict


def _change(_stack: Resource, facts: Facts) -> Verdict:
    before, limit = facts.options["baselineUsd"], _limit(facts)
    if before is None or limit is None:
        return NotApplicable("no cap is set" if limit is None else "nothing was there before")
    added = money.judged(facts.ledger.total(), facts) - float(before)
    if added <= limit:
        return PASS
    return Fail(
        f"the change adds {added:,.2f} USD a month to {float(before):,.2f}",
        f"split it, or raise budget.change_usd to at least {math.ceil(added):,}",
        f"a change may add {limit:,.2f} USD a month",
    )


def _limit(facts: Facts) -> float | None:
    """Give the cap; of the environment's and the pack's own the lower one holds."""
    given = (facts.options["deltaUsd"], facts.environment.budget.change_usd if facts.environment else None)
    caps = [float(cap) for cap in given if cap is not None]
    return min(caps) if caps else None


RULE = Rule(
    name="changes-stay-under-their-cap",
    says="A change adds no more to the bill than it may",
    why="Many small changes pass under a large cap until none fits any more",
    fix="Split the change, or have its cost approved.",
    severity=Severity.MEDIUM,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.MONEY,
    in_stack={"pulumi:pulumi:Stack": _change},
    options={
        "baselineUsd": Option(
            None,
            {"type": ["number", "null"], "minimum": 0},
            "What the stack costs a month before the change; `causeway` says it. Not set: nothing was there.",
        ),
        "deltaUsd": Option(
            None,
            {"type": ["number", "null"]},
            "What a change may add a month besides the environment's cap; the lower one holds.",
        ),
        "judge": Option(
            "expected",
            {"type": "string", "enum": ["min", "expected", "max"]},
            "Which end of the range is judged.",
        ),
    },
)
