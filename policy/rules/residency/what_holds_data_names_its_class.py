"""What holds data names the class of its data."""

from infra.catalog.values import UNKNOWN
from policy.model import labels
from policy.model.checks import for_types
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, OnUnknown, Rule, Severity
from policy.model.verdicts import PASS, Fail, Unverified, Verdict

_HOLDERS = (
    "localhost:index:Bucket",
    "kubernetes:ceph.rook.io/v1:CephObjectStore",
    "aws:s3/bucket:Bucket",
    "aws:ebs/volume:Volume",
    "aws:ebs/snapshotCopy:SnapshotCopy",
    "aws:fsx/lustreFileSystem:LustreFileSystem",
    "gcp:storage/bucket:Bucket",
    "gcp:compute/disk:Disk",
    "gcp:compute/snapshot:Snapshot",
    "gcp:lustre/instance:Instance",
    "azure-native:storage:StorageAccount",
    "azure-native:compute:Disk",
    "azure-native:compute:Snapshot",
    "azure-native:storagecache:AmlFilesystem",
)


def _classified(resource: Resource, facts: Facts) -> Verdict:
    named = labels.data_class(resource)
    if named is UNKNOWN:
        return Unverified("its data class is not known before the update")
    if facts.environment is None:
        return Unverified("the stack has not registered its environment, so data classes are not known")
    known = facts.environment.data_classes
    if named in known:
        return PASS
    choice = ", ".join(sorted(known)) or "none is defined: add one to data_classes"
    what = "it names no data class" if named is None else f"its data class {named!r} does not exist"
    return Fail(what, f"set data-class to one of: {choice}")


RULE = Rule(
    name="what-holds-data-names-its-class",
    says="What holds data names the class of its data",
    why="Where nobody said what it is, nobody can say where it may be",
    fix="Set the label data-class.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=Frameworks(
        gdpr=("Art. 5(2)", "Art. 30"),
        hipaa=("164.312(a)(1)",),
        iso27001=("A.5.12", "A.5.13"),
        soc2=("C1.1",),
        nist=("RA-2", "AC-16"),
        cis=("3.7",),
    ),
    at_create=for_types(_HOLDERS, _classified),
)
