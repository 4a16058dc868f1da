"""A cluster's control plane is not on the internet."""

from policy.model.checks import all_of, is_false, is_true, must, must_not
from policy.model.rule import Frameworks, Rule, Severity

RULE = Rule(
    name="control-planes-are-private",
    says="A cluster's control plane is not on the internet",
    why="One stolen token or one bug in the API server opens everything when anyone can reach it",
    fix="Switch the public endpoint off.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)",),
        hipaa=("164.312(e)(1)",),
        iso27001=("A.8.20", "A.8.22"),
        soc2=("CC6.6",),
        nist=("SC-7", "AC-17"),
        cis=("4.4", "12.2"),
    ),
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
