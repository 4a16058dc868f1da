"""Backups are copied only where the class of their data allows it."""

from infra.catalog.values import UNKNOWN, Value
from policy.model import controls, residence
from policy.model.environment import DataClass
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Rule, Severity
from policy.model.verdicts import Fail, NotApplicable, Unverified, Verdict


def _copies(plan: Resource, facts: Facts) -> Verdict:
    vaults = list(plan.find("rules[*].copyActions[*].destinationVaultArn"))
    if not vaults:
        return NotApplicable("it copies nothing to another place")
    data = residence.class_of(plan, facts)
    if not isinstance(data, DataClass):
        return (
            data if isinstance(data, Unverified) else Fail("it names no data class", "add data-class to tags")
        )
    return residence.inside(plan, data, [_region(found.value) for found in vaults], facts)


def _region(arn: Value) -> Value:
    # arn:aws:backup:REGION:ACCOUNT:backup-vault:NAME
    return UNKNOWN if arn is UNKNOWN else str(arn).split(":")[3] if str(arn).count(":") > 4 else None


RULE = Rule(
    name="backups-stay-in-their-jurisdictions",
    says="Backups are copied only where the class of their data allows it",
    why="A backup is the data again, in another place",
    fix="Copy backups into a location of the data class's jurisdictions.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.JURISDICTION,
    at_create={"aws:backup/vault:Vault": residence.stays},
    in_stack={"aws:backup/plan:Plan": _copies},
)
