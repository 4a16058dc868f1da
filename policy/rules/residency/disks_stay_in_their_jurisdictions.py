"""Disks and file systems lie where the class of their data allows it."""

from policy.model import controls, residence
from policy.model.checks import for_types
from policy.model.rule import OnUnknown, Rule, Severity

RULE = Rule(
    name="disks-stay-in-their-jurisdictions",
    says="Disks and file systems lie where the class of their data allows it",
    why="Data in another jurisdiction falls under its law and its orders for access",
    fix="Create it in a location of the data class's jurisdictions.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.JURISDICTION,
    at_create=for_types(
        [
            "aws:ebs/volume:Volume",
            "aws:fsx/lustreFileSystem:LustreFileSystem",
            "gcp:compute/disk:Disk",
            "gcp:filestore/instance:Instance",
            "gcp:lustre/instance:Instance",
            "gcp:parallelstore/instance:Instance",
            "azure-native:compute:Disk",
            "azure-native:storagecache:AmlFilesystem",
        ],
        residence.stays,
    ),
)
