"""Machines have no public address."""

from policy.model import controls
from policy.model.checks import is_false, is_true, must, must_not
from policy.model.rule import Rule, Severity

RULE = Rule(
    name="nodes-have-no-public-address",
    says="Machines have no public address",
    why="A machine with GPUs and an address is found and scanned within minutes",
    fix="Keep machines in private subnets.",
    severity=Severity.HIGH,
    frameworks=controls.BOUNDARY,
    at_create={
        "aws:ec2/launchTemplate:LaunchTemplate": must_not(
            "networkInterfaces[*].associatePublicIpAddress",
            is_true,
            'set networkInterfaces[*].associatePublicIpAddress to "false"',
        ),
        "aws:ec2/instance:Instance": must_not(
            "associatePublicIpAddress", is_true, "set associatePublicIpAddress to false"
        ),
        "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass": must(
            "spec.associatePublicIPAddress", is_false, "set spec.associatePublicIPAddress to false"
        ),
        "gcp:container/nodePool:NodePool": must(
            "networkConfig.enablePrivateNodes", is_true, "set networkConfig.enablePrivateNodes to true"
        ),
        "gcp:compute/instance:Instance": must_not(
            "networkInterfaces[*].accessConfigs", bool, "remove networkInterfaces[*].accessConfigs"
        ),
        "azure-native:containerservice:AgentPool": must_not(
            "enableNodePublicIP", is_true, "set enableNodePublicIP to false"
        ),
        "azure-native:containerservice:ManagedCluster": must_not(
            "agentPoolProfiles[*].enableNodePublicIP",
            is_true,
            "set agentPoolProfiles[*].enableNodePublicIP to false",
        ),
    },
)
