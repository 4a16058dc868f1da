"""Object stores lie where the class of their data allows it."""

from policy.model import controls, residence
from policy.model.checks import for_types
from policy.model.rule import OnUnknown, Rule, Severity

RULE = Rule(
    name="stores-stay-in-their-jurisdictions",
    says="Object stores lie where the class of their data allows it",
    why="Data in another jurisdiction falls under its law and its orders for access",
    fix="Create it in a location of the data class's jurisdictions.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.JURISDICTION,
    at_create=for_types(
        [
            "localhost:index:Bucket",
            "kubernetes:ceph.rook.io/v1:CephObjectStore",
            "aws:s3/bucket:Bucket",
            "gcp:storage/bucket:Bucket",
            "azure-native:storage:StorageAccount",
        ],
        residence.stays,
    ),
)
