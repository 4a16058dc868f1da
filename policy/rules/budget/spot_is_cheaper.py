"""Spot machines are bought where they are cheaper."""

from infra.catalog.prices import Price, lookup
from infra.catalog.values import UNKNOWN
from policy.model import controls, money
from policy.model.checks import for_types
from policy.model.facts import Facts
from policy.model.pools import POOLS, pool
from policy.model.resource import Resource
from policy.model.rule import Level, Option, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict


def _discount(resource: Resource, facts: Facts) -> Verdict:
    bought = pool(resource)
    if bought.kind is UNKNOWN or bought.machine is UNKNOWN:
        return Unverified("its machine or capacity is not known before the update")
    if bought.kind != "spot":
        return NotApplicable("it does not buy spot machines")
    place = money.price_region(resource, facts)
    spot, plain = (
        lookup(bought.platform, str(bought.machine), place, kind) for kind in ("spot", "on-demand")
    )
    if not isinstance(spot, Price) or not isinstance(plain, Price):
        return Unverified(f"{bought.machine} has no price for both kinds in {place}")
    saved = 1 - spot.usd / plain.usd
    if saved >= float(facts.options["discount"]):
        return PASS
    return Fail(
        f"spot {bought.machine} costs {spot.usd:.4f} USD an hour in {place}, on demand {plain.usd:.4f}: no discount",
        "buy it on demand, or take another region",
    )


RULE = Rule(
    name="spot-is-cheaper",
    says="Spot machines are bought where they are cheaper",
    why="In some zones spot costs as much as on demand, and is still taken away",
    fix="Buy on demand there, or take another region.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    frameworks=controls.MONEY,
    at_create=for_types(POOLS, _discount),
    options={
        "discount": Option(
            0.05, {"type": "number"}, "The least part of the on-demand price that spot must save."
        )
    },
)
