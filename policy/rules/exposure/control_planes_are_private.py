"""A cluster's control plane is not on the internet."""

from policy.model import controls
from policy.model.checks import all_of, is_false, is_true, must, must_not
from policy.model.rule import Rule, Severity

RULE = Rule(
    name="control-planes-are-private",
    says="A cluster's control plane is not on the internet",
    why="One stolen token or one bug in the API server opens everything when anyone can reach it",
    fix="Switch the public endpoint off.",
    severity=Severity.HIGH,
    frameworks=controls.BOUNDARY,
    at_create={
        "aws:eks/cluster:Cluster": all_of(
            must("vpcConfig.endpointPublicAccess", is_false, "set vpcConfig.endpointPublicAccess to false"),
            must("vpcConfig.endpointPrivateAccess", is_true, "set vpcConfig.endpointPrivateAccess to true"),
        ),
        "gcp:container/cluster:Cluster": all_of(
            must(
                "privateClusterConfig.enablePrivateEndpoint",
                is_true,
                "set privateClusterConfig.enablePrivateEndpoint to true",
            ),
            must_not(
                "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic",
                is_true,
                "set controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic to false",
            ),
        ),
        "azure-native:containerservice:ManagedCluster": must(
            "apiServerAccessProfile.enablePrivateCluster",
            is_true,
            "set apiServerAccessProfile.enablePrivateCluster to true",
        ),
    },
)
