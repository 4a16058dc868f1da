"""Snapshots and backups are encrypted under a key of ours."""

from policy.model.checks import all_of, is_true, keyed, must
from policy.model.rule import Frameworks, OnUnknown, Rule, Severity

RULE = Rule(
    name="backups-use-our-keys",
    says="Snapshots and backups are encrypted under a key of ours",
    why="A copy under a weaker key is the way around the strong one",
    fix="Name a customer-managed key on the copy.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(a)",),
        hipaa=("164.312(a)(2)(iv)",),
        iso27001=("A.8.13", "A.8.24"),
        soc2=("CC6.1",),
        nist=("CP-9(8)", "SC-28(1)"),
        cis=("3.11", "11.3"),
    ),
    at_create={
        "aws:ebs/snapshotCopy:SnapshotCopy": all_of(
            must("encrypted", is_true, "set encrypted to true"),
            keyed("kmsKeyId", "set kmsKeyId to a key of this stack"),
        ),
        "aws:backup/vault:Vault": keyed("kmsKeyArn", "set kmsKeyArn to a key of this stack"),
        "gcp:compute/snapshot:Snapshot": keyed(
            "snapshotEncryptionKey.kmsKeySelfLink",
            "set snapshotEncryptionKey.kmsKeySelfLink to a key of this stack",
        ),
        "azure-native:compute:Snapshot": keyed(
            "encryption.diskEncryptionSetId",
            "set encryption.diskEncryptionSetId to a disk encryption set with our key",
        ),
    },
)
