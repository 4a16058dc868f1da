"""A launch template has as many fabric interfaces as its machine."""

from infra.catalog.values import UNKNOWN
from policy.model import catalogued
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict


def _efa(template: Resource, _facts: Facts) -> Verdict:
    kind = template.get("instanceType")
    if kind is UNKNOWN:
        return Unverified("instanceType is not known before the update", "instanceType")
    wanted = catalogued.fabric_devices(kind)
    if not wanted:
        return NotApplicable("its machine has no fabric, or the pool names it")
    kinds = [found.value for found in template.find("networkInterfaces[*].interfaceType")]
    if any(one is UNKNOWN for one in kinds):
        return Unverified("networkInterfaces is not known before the update", "networkInterfaces")
    got = sum(1 for one in kinds if one in {"efa", "efa-only"})
    if got == wanted:
        return PASS
    return Fail(
        f"{got} interfaces of type efa or efa-only",
        f"give {kind} its {wanted} fabric interfaces in networkInterfaces",
    )


RULE = Rule(
    name="fabric-interfaces-match-the-machine",
    says="A launch template has as many fabric interfaces as its machine",
    why="One interface too few halves the bandwidth, one too many and nothing starts",
    fix="Derive the interfaces from the fact table.",
    severity=Severity.HIGH,
    frameworks=Frameworks(iso27001=("A.8.6",), soc2=("A1.1",), nist=("SC-5", "SC-6"), cis=("4.1",)),
    at_create={"aws:ec2/launchTemplate:LaunchTemplate": _efa},
)
