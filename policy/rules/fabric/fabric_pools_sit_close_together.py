"""Machines of one fabric stand in one zone, close together."""

from infra.catalog.values import UNKNOWN
from policy.model import catalogued, controls
from policy.model.checks import equals, must
from policy.model.facts import Facts
from policy.model.pools import joins_fabric
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict


def _one_subnet(pool: Resource, _facts: Facts) -> Verdict:
    return _fabric_only(
        pool, "instanceTypes[*]", "subnetIds", "subnetIds to the one subnet of the fabric's zone"
    )


def _one_zone(pool: Resource, _facts: Facts) -> Verdict:
    return _fabric_only(pool, "vmSize", "availabilityZones", "availabilityZones to one zone")


def _fabric_only(pool: Resource, machine: str, zones: str, fix: str) -> Verdict:
    kinds = [found.value for found in pool.find(machine)]
    if any(kind is UNKNOWN for kind in kinds):
        return Unverified(f"{machine} is not known before the update", machine)
    if not joins_fabric(pool) or not any(catalogued.fabric_devices(kind) for kind in kinds):
        return NotApplicable("it joins no fabric")
    given = pool.get(zones)
    if given is UNKNOWN:
        return Unverified(f"{zones} is not known before the update", zones)
    if given is None or len(given) <= 1:
        return PASS
    return Fail(f"{zones} names {len(given)} places", f"set {fix}")


def _compact(pool: Resource, facts: Facts) -> Verdict:
    spread = _fabric_only(pool, "nodeConfig.machineType", "nodeLocations", "nodeLocations to one zone")
    if not isinstance(spread, type(PASS)):
        return spread
    if any(
        pool.get(path) is not None
        for path in ("placementPolicy.policyName", "nodeConfig.reservationAffinity.values")
    ):
        return PASS  # a policy of ours, or a reservation, which has a place already
    return must("placementPolicy.type", equals("COMPACT"), 'set placementPolicy.type to "COMPACT"')(
        pool, facts
    )


RULE = Rule(
    name="fabric-pools-sit-close-together",
    says="Machines of one fabric stand in one zone, close together",
    why="A ring over two zones runs at the speed of the road between them, and pays for it",
    fix="Use one zone and a compact placement.",
    severity=Severity.HIGH,
    frameworks=controls.CAPACITY,
    at_create={
        "aws:eks/nodeGroup:NodeGroup": _one_subnet,
        "gcp:container/nodePool:NodePool": _compact,
        "azure-native:containerservice:AgentPool": _one_zone,
    },
)
