"""Local scratch disks are encrypted."""

from policy.model import controls
from policy.model.checks import at_least, equals, is_true, must, where
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import NotApplicable, Verdict


def _nitro(_resource: Resource, _facts: Facts) -> Verdict:
    return NotApplicable("the NVMe disks of EC2's GPU machines are always encrypted by their hardware")


RULE = Rule(
    name="local-scratch-is-encrypted",
    says="Local scratch disks are encrypted",
    why="Checkpoints and tokens pass through the local disk, which goes back to the cloud",
    fix="Encrypt the local disk.",
    severity=Severity.MEDIUM,
    frameworks=controls.AT_REST,
    at_create={
        "aws:ec2/launchTemplate:LaunchTemplate": _nitro,
        "gcp:container/nodePool:NodePool": where(
            "nodeConfig.ephemeralStorageLocalSsdConfig.localSsdCount",
            at_least(1),
            must(
                "nodeConfig.localSsdEncryptionMode",
                equals("STANDARD_ENCRYPTION", "EPHEMERAL_KEY_ENCRYPTION"),
                'set nodeConfig.localSsdEncryptionMode to "EPHEMERAL_KEY_ENCRYPTION"',
                unset="pass",
            ),
            "it has no local disk",
        ),
        "azure-native:containerservice:AgentPool": must(
            "enableEncryptionAtHost", is_true, "set enableEncryptionAtHost to true"
        ),
        "azure-native:containerservice:ManagedCluster": must(
            "agentPoolProfiles[*].enableEncryptionAtHost",
            is_true,
            "set agentPoolProfiles[*].enableEncryptionAtHost to true",
            unset="pass",
        ),
    },
)
