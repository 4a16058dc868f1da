"""A thousand training steps, and a million served tokens, cost no more than agreed."""

from collections.abc import Iterator, Mapping

from infra.catalog.cost.useful import Terms, Worth
from policy.model import controls
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Option, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict, worst
from policy.model.worth import Cost, costs

_WORK = {"thousand_steps": "a thousand steps", "million_tokens": "a million tokens"}
_SETTING = {"thousand_steps": "usd_per_1k_steps", "million_tokens": "usd_per_1m_tokens"}
_RATE = {"thousand_steps": "steps_per_hour", "million_tokens": "tokens_per_second"}


def _work(_stack: Resource, facts: Facts) -> Verdict:
    caps = _caps(facts)
    if not caps:
        return NotApplicable("no limit is set")
    pools = costs(facts)
    return worst(verdict for name, cap in caps.items() for verdict in _judged(name, cap, pools, facts))


def _judged(name: str, cap: float, pools: Mapping[str, Cost], facts: Facts) -> Iterator[Verdict]:
    """Judge the pools that declare a rate for this work; a limit for work that nobody measured can't be judged."""
    rates = facts.environment.budget.terms.rates if facts.environment else {}
    measured = [pool for pool, rate in rates.items() if getattr(rate, _RATE[name]) is not None]
    if not measured:
        yield Unverified(f"{_SETTING[name]} is set, and no pool of budget.rates declares {_RATE[name]}")
    for pool in measured:
        if pool not in pools:
            yield Unverified(f"budget.rates names the pool {pool}, which this stack does not have")
            continue
        found = pools[pool].worth
        if not isinstance(found, Worth):
            yield Unverified(f"{_WORK[name]} of pool {pool} can't be priced: {found}")
        elif (usd := getattr(found, name)) > cap:
            yield Fail(
                f"{_WORK[name]} of pool {pool} cost {usd:,.4f} USD",
                "choose a cheaper machine, region or kind of capacity, make the workload faster, or raise the limit",
                f"the limit is {cap:,.4f} USD",
            )
        else:
            yield PASS


def _caps(facts: Facts) -> Mapping[str, float]:
    """Give the limits; of an environment's and the pack's own the lower one holds."""
    terms = facts.environment.budget.terms if facts.environment else Terms()
    given = {
        "thousand_steps": (facts.options["usdPer1kSteps"], terms.thousand_steps),
        "million_tokens": (facts.options["usdPer1mTokens"], terms.million_tokens),
    }
    stated = {name: [float(cap) for cap in caps if cap is not None] for name, caps in given.items()}
    return {name: min(caps) for name, caps in stated.items() if caps}


RULE = Rule(
    name="useful-work-stays-under-its-price",
    says="A thousand training steps, and a million served tokens, cost no more than agreed",
    why="A bill says what machines cost, and not what they get done: a cheaper hour can make a dearer model",
    fix="Choose a cheaper machine for the work, or make the work faster.",
    severity=Severity.LOW,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.MONEY,
    in_stack={"pulumi:pulumi:Stack": _work},
    options={
        "usdPer1kSteps": Option(
            None,
            {"type": ["number", "null"], "minimum": 0},
            "The most that a thousand training steps may cost, besides the environment's. Not set: it is not judged.",
        ),
        "usdPer1mTokens": Option(
            None,
            {"type": ["number", "null"], "minimum": 0},
            "The most that a million served tokens may cost, besides the environment's. Not set: it is not judged.",
        ),
    },
)
