"""An accelerator costs no more an hour than agreed."""

from infra.catalog.prices import Price, lookup
from infra.catalog.values import UNKNOWN
from policy.model import catalogued, controls, money
from policy.model.checks import for_types
from policy.model.facts import Facts
from policy.model.pools import POOLS, pool
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Option, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict


def _hour(resource: Resource, facts: Facts) -> Verdict:
    limit, bought = _limit(facts), pool(resource)
    count = catalogued.accelerators(bought.machine)
    if limit is None or (not count and bought.machine is not UNKNOWN):
        return NotApplicable("no limit is set" if limit is None else "its machines have no accelerator")
    if bought.machine is UNKNOWN or bought.kind is UNKNOWN:
        return Unverified("its machine or capacity is not known before the update")
    place = money.price_region(resource, facts)
    price = lookup(bought.platform, str(bought.machine), place, str(bought.kind))
    if not isinstance(price, Price):
        return Unverified(f"{bought.machine} has no price as {bought.kind} in {place}: {price.reason}")
    each = price.usd / count
    if each <= limit:
        return PASS
    return Fail(
        f"an accelerator of {bought.machine} costs {each:.4f} USD an hour in {place}",
        "choose another machine, region or kind of capacity",
        f"the limit is {limit:.4f} USD",
    )


def _limit(facts: Facts) -> float | None:
    """Give the limit; of the environment's and the pack's own the lower one holds."""
    stated = facts.environment.budget.terms.gpu_hour if facts.environment else None
    given = (facts.options["usdPerHour"], stated)
    caps = [float(cap) for cap in given if cap is not None]
    return min(caps) if caps else None


RULE = Rule(
    name="accelerator-hours-stay-under-their-price",
    says="An accelerator costs no more an hour than agreed",
    why="The same GPU costs three times as much in another shape or region",
    fix="Choose another machine, region or kind of capacity.",
    severity=Severity.LOW,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.MONEY,
    at_create=for_types(POOLS, _hour),
    options={
        "usdPerHour": Option(
            None,
            {"type": ["number", "null"], "minimum": 0},
            "The most that one accelerator may cost an hour, besides the environment's. Not set: it is not judged.",
        )
    },
)
