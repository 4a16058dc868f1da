"""A change adds no more to the bill than it may."""

import math

from policy.model import controls, money
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Option, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Verdict


def _change(_stack: Resource, facts: Facts) -> Verdict:
    before, limit = facts.options["baselineUsd"], facts.options["deltaUsd"]
    if before is None or limit is None:
        return NotApplicable("no baseline or no limit is set")
    added = money.judged(facts.ledger.total(), facts) - float(before)
    if added <= float(limit):
        return PASS
    return Fail(
        f"the change adds {added:,.2f} USD a month",
        f"split it, or raise deltaUsd to at least {math.ceil(added):,}",
        f"a change may add {float(limit):,.2f} USD a month",
    )


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
            "What the stack costs a month before the change.",
        ),
        "deltaUsd": Option(
            None, {"type": ["number", "null"]}, "What the change may add a month. Not set: it is not judged."
        ),
        "judge": Option(
            "expected",
            {"type": "string", "enum": ["min", "expected", "max"]},
            "Which end of the range is judged.",
        ),
    },
)
