"""Who read what: the access logs of a bucket, in a bucket of their own."""

import dataclasses

import pulumi
from pulumi_aws import s3

from components.object_store.aws import rules
from components.object_store.aws.bucket import admit, encrypt, make, version
from components.object_store.shape import ObjectStoreSpec
from components.parts import part_of


def deliver(
    name: str, bucket: s3.Bucket, spec: ObjectStoreSpec, opts: pulumi.ResourceOptions, region: str
) -> None:
    """Deliver a bucket's access logs to one of its own region, kept for 400 days: a year can be looked back on."""
    label = f"{name}-access-logs"
    logs = make(label, dataclasses.replace(spec, lock_days=None), opts, region)
    # S3 delivers access logs only to buckets whose default encryption is S3's own key (S3 guide, server access logging)
    encrypt(label, logs, {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}})
    policy = admit(label, logs, rules.log_policy(region, spec.account, logs.bucket, bucket.bucket))
    versioned = version(label, logs)
    s3.BucketLifecycleConfiguration(
        label,
        bucket=logs.bucket,
        region=logs.region,
        rules=rules.log_lifecycle(),
        opts=part_of(logs, depends_on=[versioned]),
    )
    s3.BucketLogging(
        name,
        bucket=bucket.bucket,
        region=bucket.region,
        target_bucket=logs.bucket,
        target_prefix="access/",
        opts=part_of(bucket, depends_on=[policy]),
    )
