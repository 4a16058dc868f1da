"""A stack costs no more a month than its cap."""

from infra.catalog.cost.line import Span
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, OnUnknown, Option, Rule, Severity
from policy.model.verdicts import PASS, Fail, Unverified, Verdict


def _before_create(resource: Resource, facts: Facts) -> Verdict:
    """Stop the create that crosses the cap; a preview has nothing to stop and judges the sum once, at the end."""
    cap = _cap(facts)
    if facts.preview or cap is None or facts.complete or not facts.ledger.lines.get(resource.urn):
        return PASS
    total = _judged(facts.ledger.total(), facts)
    if total <= cap:
        return PASS
    own = _judged(facts.ledger.monthly_of(resource.urn), facts)
    return Fail(
        f"with its {own:,.2f} the stack would cost {total:,.2f} USD a month",
        f"make it smaller, or raise budget.monthlyUsd to at least {total:,.0f}",
        f"the cap is {cap:,.2f} USD a month",
    )


def _whole(_stack: Resource, facts: Facts) -> Verdict:
    cap = _cap(facts)
    if cap is None:
        return Unverified("no cap is set: neither budget.monthlyUsd of the environment nor monthlyUsd here")
    total = _judged(facts.ledger.total(), facts)
    if total > cap:
        return Fail(
            f"the stack costs {total:,.2f} USD a month",
            f"make it smaller, or raise budget.monthlyUsd to at least {total:,.0f}",
            f"the cap is {cap:,.2f} USD a month",
        )
    undecided = facts.ledger.undecided()
    if undecided:
        urn, line = undecided[0]
        return Unverified(
            f"{len(undecided)} prices hang on values not known yet, such as {line.path} of {urn}"
        )
    return PASS


def _cap(facts: Facts) -> float | None:
    given = (facts.options["monthlyUsd"], facts.environment.budget.monthly_usd if facts.environment else None)
    caps = [cap for cap in given if cap is not None]
    return min(caps) if caps else None


def _judged(span: Span, facts: Facts) -> float:
    amounts = {"min": span.low, "expected": span.expected, "max": span.high}
    return amounts[facts.options["judge"]]


RULE = Rule(
    name="stack-stays-under-its-cap",
    says="A stack costs no more a month than its cap",
    why="A typing error in a machine type or a count can cost a year's budget in a week",
    fix="Take fewer or smaller machines, or raise the cap deliberately.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=Frameworks(iso27001=("A.8.6",), soc2=("CC5.2",), nist=("SA-2", "PM-3")),
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
