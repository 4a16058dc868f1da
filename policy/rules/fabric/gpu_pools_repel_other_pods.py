"""Pools with accelerators take only pods that ask for them."""

from infra.catalog.values import UNKNOWN
from policy.model import catalogued, controls
from policy.model.checks import Check
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict


def _tainted(machine: str, taints: str) -> Check:
    def check(pool: Resource, _facts: Facts) -> Verdict:
        kinds = [found.value for found in pool.find(machine)]
        if any(kind is UNKNOWN for kind in kinds):
            return Unverified(f"{machine} is not known before the update", machine)
        if not any(catalogued.accelerators(kind) for kind in kinds):
            return NotApplicable("its machines have no accelerator")
        keys = [found.value for found in pool.find(taints)]
        if any(
            key is UNKNOWN or "nvidia.com/gpu" in key or "google.com/tpu" in key or "neuron" in key
            for key in keys
        ):
            return PASS
        return Fail(
            "its machines have accelerators and no taint", "add the taint nvidia.com/gpu=present:NoSchedule"
        )

    return check


RULE = Rule(
    name="gpu-pools-repel-other-pods",
    says="Pools with accelerators take only pods that ask for them",
    why="A stray pod on a GPU machine keeps it alive and paid",
    fix="Taint the pool.",
    severity=Severity.MEDIUM,
    frameworks=controls.CAPACITY,
    at_create={
        "aws:eks/nodeGroup:NodeGroup": _tainted("instanceTypes[*]", "taints[*].key"),
        "gcp:container/nodePool:NodePool": _tainted("nodeConfig.machineType", "nodeConfig.taints[*].key"),
        "azure-native:containerservice:AgentPool": _tainted("vmSize", "nodeTaints[*]"),
        "kubernetes:karpenter.sh/v1:NodePool": _tainted(
            "spec.template.spec.requirements[*].values[*]", "spec.template.spec.taints[*].key"
        ),
    },
)
