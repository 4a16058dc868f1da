"""What is made from data keeps the class of that data."""

from collections.abc import Sequence

from infra.catalog.values import UNKNOWN
from policy.model import labels
from policy.model.checks import Check
from policy.model.resource import Resource
from policy.model.rule import Frameworks, OnUnknown, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict, worst


def _own(source: str) -> Check:
    """Compare a resource's own class with that of its source."""
    return lambda copy, facts: _compared(facts.graph.referred(copy, source), (copy,), source)


def _same(source: str, target: str) -> Check:
    """Compare the classes at the two ends of a resource that joins them."""
    return lambda link, facts: _compared(
        facts.graph.referred(link, source), facts.graph.referred(link, target), target
    )


def _compared(sources: Sequence[Resource], targets: Sequence[Resource], path: str) -> Verdict:
    pairs = [(source, target) for source in sources for target in targets if source is not target]
    if not pairs:
        return NotApplicable("its ends are not both in this stack")
    return worst(_pair(source, target, path) for source, target in pairs)


def _pair(source: Resource, target: Resource, path: str) -> Verdict:
    given, wanted = labels.data_class(target), labels.data_class(source)
    if UNKNOWN in {given, wanted}:
        return Unverified("a data class is not known before the update", path)
    if None in {given, wanted} or given == wanted:
        return PASS  # where a class is missing, another rule says so
    return Fail(
        f"{target.name} has the data class {given!r}, its source {source.name} has {wanted!r}",
        f'set data-class of {target.name} to "{wanted}"',
    )


RULE = Rule(
    name="copies-keep-the-class-of-their-source",
    says="What is made from data keeps the class of that data",
    why="A copy under a laxer label leaves by the door that the label opens",
    fix="Give the copy the data class of its source.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=Frameworks(
        gdpr=("Art. 5(1)(b)", "Art. 44"),
        iso27001=("A.5.12", "A.5.13"),
        soc2=("C1.1",),
        nist=("AC-16", "AC-4"),
        cis=("3.7",),
    ),
    in_stack={
        "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation": _same(
            "dataRepositoryPath", "fileSystemId"
        ),
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _same(
            "bucket", "rules[0].destination.bucket"
        ),
        "gcp:compute/snapshot:Snapshot": _own("sourceDisk"),
        "aws:ebs/snapshotCopy:SnapshotCopy": _own("sourceSnapshotId"),
    },
)
