"""Pools with accelerators scale down to nothing, or idle within a limit."""

from policy.model import controls
from policy.model.checks import for_types
from policy.model.facts import Facts
from policy.model.pools import POOLS, pool
from policy.model.resource import Resource
from policy.model.rule import Level, Option, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Verdict


def _idle(resource: Resource, facts: Facts) -> Verdict:
    limit = facts.options["idleUsd"]
    bought = pool(resource)
    if limit is None or bought.shrinks:
        return NotApplicable("it scales to nothing" if bought.shrinks else "no limit is set")
    idle = facts.ledger.monthly_of(resource.urn).low
    if idle <= float(limit):
        return PASS
    return Fail(
        f"it costs {idle:,.2f} USD a month when nobody uses it",
        "set its smallest size to 0",
        f"the limit is {float(limit):,.2f} USD a month",
    )


RULE = Rule(
    name="idle-accelerators-go-away",
    says="Pools with accelerators scale down to nothing, or idle within a limit",
    why="A GPU machine that waits costs what a working one costs",
    fix="Let the pool scale to zero.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    frameworks=controls.MONEY,
    at_create=for_types(POOLS, _idle),
    options={
        "idleUsd": Option(
            None,
            {"type": ["number", "null"], "minimum": 0},
            "What a pool may cost a month at its smallest. Not set: it is not judged.",
        )
    },
)
