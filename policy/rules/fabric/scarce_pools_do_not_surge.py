"""Pools of scarce machines are upgraded in place, not by buying more."""

from infra.catalog.values import UNKNOWN
from policy.model import catalogued, controls
from policy.model.checks import Check, Test, equals, must
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import NotApplicable, Unverified, Verdict


def _no_surge(machine: str, path: str, test: Test, fix: str) -> Check:
    def check(pool: Resource, facts: Facts) -> Verdict:
        kinds = [found.value for found in pool.find(machine)]
        if any(kind is UNKNOWN for kind in kinds):
            return Unverified(f"{machine} is not known before the update", machine)
        if not any(catalogued.fabric_devices(kind) for kind in kinds):
            return NotApplicable("its machines are not scarce")
        return must(path, test, f"set {fix}")(pool, facts)

    return check


RULE = Rule(
    name="scarce-pools-do-not-surge",
    says="Pools of scarce machines are upgraded in place, not by buying more",
    why="A surge machine of a scarce type does not come, and the upgrade hangs half-way",
    fix="Upgrade with surge 0.",
    severity=Severity.MEDIUM,
    frameworks=controls.CAPACITY,
    at_create={
        "aws:eks/nodeGroup:NodeGroup": _no_surge(
            "instanceTypes[*]",
            "updateConfig.updateStrategy",
            equals("MINIMAL"),
            'updateConfig.updateStrategy to "MINIMAL"',
        ),
        "gcp:container/nodePool:NodePool": _no_surge(
            "nodeConfig.machineType",
            "upgradeSettings.maxSurge",
            equals(0),
            "upgradeSettings.maxSurge to 0 and maxUnavailable to 1",
        ),
        "azure-native:containerservice:AgentPool": _no_surge(
            "vmSize",
            "upgradeSettings.maxSurge",
            equals("0", 0, "0%"),
            'upgradeSettings.maxSurge to "0" and maxUnavailable to "1"',
        ),
    },
)
