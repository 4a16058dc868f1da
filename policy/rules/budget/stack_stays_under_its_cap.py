"""A stack costs no more a month than its cap."""

import math

from infra.catalog.cost.line import Undecided
from policy.model import controls, money
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Option, Rule, Severity
from policy.model.verdicts import PASS, Fail, Unverified, Verdict


def _before_create(resource: Resource, facts: Facts) -> Verdict:
    """Stop the create that crosses the cap; a preview has nothing to stop and judges the sum once, at the end."""
    lines = facts.ledger.lines.get(resource.urn)
    if facts.preview or facts.complete or not lines:
        return PASS
    open_lines = [line for line in lines if isinstance(line, Undecided)]
    if open_lines:
        return Unverified(f"its price hangs on {open_lines[0].path}, which is not known", open_lines[0].path)
    cap = _cap(facts)
    total = money.judged(facts.ledger.total(), facts)
    if cap is None or total <= cap:
        return PASS
    own = money.judged(facts.ledger.monthly_of(resource.urn), facts)
    return _over(f"with its {own:,.2f} the stack would cost {total:,.2f} USD a month", total, facts)


def _whole(_stack: Resource, facts: Facts) -> Verdict:
    cap = _cap(facts)
    if cap is None:
        return Unverified("no cap is set: neither budget.monthly_usd of the environment nor monthlyUsd here")
    total = money.judged(facts.ledger.total(), facts)
    if total > cap:
        return _over(f"the stack costs {total:,.2f} USD a month ({money.dearest(facts)})", total, facts)
    undecided = facts.ledger.undecided()
    if undecided:
        urn, line = undecided[0]
        return Unverified(
            f"{len(undecided)} prices hang on values not known yet, such as {line.path} of {urn}"
        )
    return PASS


def _over(what: str, total: float, facts: Facts) -> Fail:
    aside, cap = money.held(facts), _cap(facts)
    fix = f"make it smaller, or raise budget.monthly_usd to at least {math.ceil(total + aside):,}"
    less = f" when {aside:,.2f} are set aside" if aside else ""
    return Fail(what, fix, f"the cap is {cap:,.2f} USD a month{less}")


def _cap(facts: Facts) -> float | None:
    given = (facts.options["monthlyUsd"], facts.environment.budget.monthly_usd if facts.environment else None)
    caps = [float(cap) for cap in given if cap is not None]
    return min(caps) - money.held(facts) if caps else None


RULE = Rule(
    name="stack-stays-under-its-cap",
    says="A stack costs no more a month than its cap",
    why="A typing error in a machine type or a count can cost a year's budget in a week",
    fix="Take fewer or smaller machines, or raise the cap deliberately.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.MONEY,
    at_create={"*": _before_create},
    in_stack={"pulumi:pulumi:Stack": _whole},
    options={
        "monthlyUsd": Option(
            None, {"type": "number", "minimum": 0}, "A cap besides the environment's; the lower one holds."
        ),
        "judge": Option(
            "expected",
            {"type": "string", "enum": ["min", "expected", "max"]},
            "Which end of the range is judged.",
        ),
    },
)
