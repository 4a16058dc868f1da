"""A copy of an S3 bucket in another region, under that region's replica of the key."""

import pulumi
from pulumi_aws import iam, s3

from components.amazon import allow, document, trust
from components.object_store.aws import logs, rules
from components.object_store.aws.bucket import Hardened, age, harden, lock
from components.object_store.shape import ObjectStoreSpec
from infra.catalog import regions
from infra.problems import Problem, ProblemsError

VERSIONS = (
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionTagging",
)
LOCKS = ("s3:GetObjectLegalHold", "s3:GetObjectRetention")
"""What copying locked versions with their locks takes besides (S3 guide, Object Lock with replication)."""

COPIES = ("s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags")


def replicate(name: str, source: Hardened, spec: ObjectStoreSpec, opts: pulumi.ResourceOptions) -> None:
    """Make the copy and the rule that fills it.

    Raises:
        ProblemsError: The region lies outside the data's jurisdictions, or the source keeps no versions.
    """
    region = refuse(spec)
    label = f"{name}-{region}"
    # S3 copies nothing from a bucket with a lock into one without (S3 guide, replication failure reasons)
    copy = harden(label, spec, opts, region=region, key=spec.replica_key)
    age(label, copy, spec)
    lock(label, copy, spec)
    logs.deliver(label, copy.bucket, spec, opts, region)
    there = rules.arn(region, copy.bucket.bucket)
    s3.BucketReplicationConfig(
        name,
        bucket=source.bucket.bucket,
        role=_role(label, rules.arn(spec.region, source.bucket.bucket), there, spec, opts).arn,
        rules=[
            {
                "id": region,
                "status": "Enabled",
                "filter": {"prefix": ""},
                "delete_marker_replication": {"status": "Enabled"},
                "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
                "destination": {
                    "bucket": there,
                    "storage_class": "STANDARD_IA",
                    "encryption_configuration": {"replica_kms_key_id": spec.replica_key},
                },
            }
        ],
        opts=source.after_versioning(copy.versioning),
    )


def refuse(spec: ObjectStoreSpec) -> str:
    """Give the region of the copy.

    Raises:
        ProblemsError: It lies outside the data's jurisdictions, or the source keeps no versions.
    """
    assert spec.replica_region
    law = regions.jurisdiction_of("aws", spec.replica_region)
    found = []
    if not law.within(spec.jurisdictions):
        text = f"{spec.replica_region} lies in {law}"
        found.append(Problem("replica_region", text, ", ".join(spec.jurisdictions)))
    if not spec.versioning:
        found.append(Problem("versioning", "given False with replica_region", "true: S3 copies versions"))
    if found:
        raise ProblemsError("ObjectStore can't be built", found)
    return spec.replica_region


def _role(
    label: str,
    here: pulumi.Output[str],
    there: pulumi.Output[str],
    spec: ObjectStoreSpec,
    opts: pulumi.ResourceOptions,
) -> iam.Role:
    # the S3 guide does not say that replication tells its account (setting up permissions for live replication):
    # where it does, it has to be ours
    ours = {"StringEqualsIfExists": {"aws:SourceAccount": spec.account}}
    role = iam.Role(
        f"{label}-replication",
        assume_role_policy=trust("s3.amazonaws.com", Condition=ours),
        tags=spec.labels,
        opts=opts,
    )
    iam.RolePolicy(
        f"{label}-replication",
        role=role.name,
        policy=document(
            allow("Source", ["s3:GetReplicationConfiguration", "s3:ListBucket"], here),
            allow(
                "Versions",
                (*VERSIONS, *LOCKS) if spec.lock_days else VERSIONS,
                pulumi.Output.concat(here, "/*"),
            ),
            allow("Copies", COPIES, pulumi.Output.concat(there, "/*")),
            allow("Read", ["kms:Decrypt"], spec.key),
            allow("Write", ["kms:Encrypt", "kms:GenerateDataKey"], spec.replica_key),
        ),
        opts=pulumi.ResourceOptions(parent=role),
    )
    return role
