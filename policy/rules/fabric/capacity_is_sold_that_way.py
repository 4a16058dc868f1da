"""Machines are bought in a way in which they are sold."""

from infra.catalog.values import UNKNOWN
from policy.model import catalogued, controls
from policy.model.checks import for_types
from policy.model.facts import Facts
from policy.model.pools import POOLS, pool
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict


def _sold(resource: Resource, _facts: Facts) -> Verdict:
    bought = pool(resource)
    if bought.machine is UNKNOWN or bought.kind is UNKNOWN:
        return Unverified("its machine or capacity is not known before the update")
    machine = catalogued.machine(bought.machine)
    if machine is None:
        return NotApplicable("its machine is not in the fact table")
    reason = machine.not_sold.get(bought.kind)
    return (
        PASS
        if reason is None
        else Fail(f"{machine.name} is not sold {bought.kind}: {reason}", "choose another kind of capacity")
    )


RULE = Rule(
    name="capacity-is-sold-that-way",
    says="Machines are bought in a way in which they are sold",
    why="What is not sold that way never starts, and the stack waits for it",
    fix="Choose another kind of capacity or another machine.",
    severity=Severity.HIGH,
    frameworks=controls.CAPACITY,
    at_create=for_types(POOLS, _sold),
)
