"""Machines of a fabric have as many interfaces as the fabric needs."""

from infra.catalog.values import UNKNOWN, Value
from policy.model import catalogued, controls
from policy.model.facts import Facts
from policy.model.pools import joins_fabric
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict, worst

_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


def _pool(pool: Resource, facts: Facts) -> Verdict:
    """Judge a pool with its launch template; the one or the other names the machine."""
    templates = facts.graph.referred(pool, "launchTemplate.id", _TEMPLATE)
    if not templates or not joins_fabric(pool):
        return NotApplicable("it has no launch template of this stack, or joins no fabric")
    named = pool.get("instanceTypes[0]")
    return worst(_efa(one, one.get("instanceType") if named is None else named) for one in templates)


def _template(template: Resource, _facts: Facts) -> Verdict:
    if template.get("instanceType") is None:
        return NotApplicable("the pool names the machine, and is judged with it")
    return _efa(template, template.get("instanceType"))


def _efa(template: Resource, kind: Value) -> Verdict:
    if kind is UNKNOWN:
        return Unverified("instanceType is not known before the update", "instanceType")
    wanted = catalogued.fabric_devices(kind)
    if not wanted:
        return NotApplicable("its machine has no fabric")
    kinds = [found.value for found in template.find("networkInterfaces[*].interfaceType")]
    if any(one is UNKNOWN for one in kinds):
        return Unverified("networkInterfaces is not known before the update", "networkInterfaces")
    got = sum(1 for one in kinds if one in {"efa", "efa-only"})
    if got == wanted:
        return PASS
    what = f"{template.name} has {got} interfaces of type efa or efa-only"
    return Fail(
        what, f"give {kind} its {wanted} fabric interfaces in networkInterfaces of the launch template"
    )


def _gke(pool: Resource, _facts: Facts) -> Verdict:
    kind = pool.get("nodeConfig.machineType")
    if kind is UNKNOWN:
        return Unverified("nodeConfig.machineType is not known before the update", "nodeConfig.machineType")
    wanted = catalogued.more_interfaces(kind)
    if not wanted or not joins_fabric(pool):
        return NotApplicable("its machine has no fabric, or joins none")
    path = "networkConfig.additionalNodeNetworkConfigs"
    given = pool.get(path) or []
    if given is UNKNOWN:
        return Unverified(f"{path} is not known before the update", path)
    if len(given) == wanted:
        return PASS
    return Fail(f"{path} names {len(given)} networks", f"name the {wanted} networks of {kind} in {path}")


RULE = Rule(
    name="fabric-interfaces-match-the-machine",
    says="Machines of a fabric have as many interfaces as the fabric needs",
    why="One interface too few halves the bandwidth, one too many and nothing starts",
    fix="Derive the interfaces from the fact table.",
    severity=Severity.HIGH,
    frameworks=controls.CAPACITY,
    at_create={_TEMPLATE: _template, "gcp:container/nodePool:NodePool": _gke},
    in_stack={"aws:eks/nodeGroup:NodeGroup": _pool},
)
