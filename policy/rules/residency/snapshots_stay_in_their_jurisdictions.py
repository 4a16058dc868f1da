"""Snapshots lie where the class of their data allows it."""

from policy.model import controls, residence
from policy.model.checks import for_types
from policy.model.rule import OnUnknown, Rule, Severity

RULE = Rule(
    name="snapshots-stay-in-their-jurisdictions",
    says="Snapshots lie where the class of their data allows it",
    why="A copy of the disk is the disk",
    fix="Create it in a location of the data class's jurisdictions.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.JURISDICTION,
    at_create=for_types(
        [
            "aws:ebs/snapshotCopy:SnapshotCopy",
            "gcp:compute/snapshot:Snapshot",
            "azure-native:compute:Snapshot",
        ],
        residence.stays,
    ),
)
