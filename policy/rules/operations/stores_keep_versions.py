"""Object stores keep older versions."""

from policy.model.checks import any_of, equals, is_true, must
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import Fail, Verdict


def _aws(bucket: Resource, facts: Facts) -> Verdict:
    kind = "aws:s3/bucketVersioning:BucketVersioning"
    found = facts.graph.pointing_at(bucket, "bucket", kind)
    if not found:
        return Fail("it has no versioning", f'add a {kind} with status "Enabled"')
    path = "versioningConfiguration.status"
    return must(path, equals("Enabled"), f'set {path} to "Enabled"')(found[0], facts)


def _azure(account: Resource, facts: Facts) -> Verdict:
    kind = "azure-native:storage:BlobServiceProperties"
    found = facts.graph.pointing_at(account, "accountName", kind)
    if not found:
        return Fail(
            "its blob service has no properties, so no versioning", f"add a {kind} with isVersioningEnabled"
        )
    return must("isVersioningEnabled", is_true, "set isVersioningEnabled to true")(found[0], facts)


RULE = Rule(
    name="stores-keep-versions",
    says="Object stores keep older versions",
    why="An overwritten checkpoint or corpus is gone otherwise",
    fix="Switch versioning on.",
    severity=Severity.MEDIUM,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(c)",),
        hipaa=("164.312(c)(1)",),
        iso27001=("A.8.13",),
        soc2=("A1.2",),
        nist=("CP-9",),
        cis=("11.2",),
    ),
    at_create={
        "localhost:index:Bucket": must("versioning", is_true, "set versioning to true", unset="pass"),
        # what is locked is neither overwritten nor deleted, and takes no versions beside
        "gcp:storage/bucket:Bucket": any_of(
            must("versioning.enabled", is_true, "set versioning.enabled to true"),
            must("retentionPolicy.isLocked", is_true, "lock it"),
        ),
    },
    in_stack={"aws:s3/bucket:Bucket": _aws, "azure-native:storage:StorageAccount": _azure},
)
