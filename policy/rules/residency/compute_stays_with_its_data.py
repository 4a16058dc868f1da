"""Clusters and machines that work on data stand where its class allows it."""

from policy.model import controls, residence
from policy.model.checks import for_types
from policy.model.rule import OnUnknown, Rule, Severity

RULE = Rule(
    name="compute-stays-with-its-data",
    says="Clusters and machines that work on data stand where its class allows it",
    why="Weights, gradients and answers are made of the data, and memory is a place too",
    fix="Create it in a location of the data class's jurisdictions.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.JURISDICTION,
    at_create=for_types(
        [
            "aws:eks/cluster:Cluster",
            "aws:eks/nodeGroup:NodeGroup",
            "aws:ec2/instance:Instance",
            "gcp:container/cluster:Cluster",
            "gcp:container/nodePool:NodePool",
            "gcp:compute/instance:Instance",
            "azure-native:containerservice:ManagedCluster",
            "azure-native:containerservice:AgentPool",
        ],
        residence.stays,
    ),
)
