"""An S3 bucket: encrypted with our key, closed to the public, versioned, logged."""

import pulumi
from pulumi_aws import s3

from components.amazon import needed
from components.object_store.aws import logs, replica, rules
from components.object_store.aws.bucket import Hardened, harden
from components.object_store.shape import ObjectStoreOutputs, ObjectStoreSpec


def build(name: str, spec: ObjectStoreSpec, opts: pulumi.ResourceOptions) -> ObjectStoreOutputs:
    """Make the bucket, the bucket of its access logs, and its copy in another region if there is one.

    Raises:
        ProblemsError: Region or account is missing, S3 has no such rule or name, or the copy would lie where it may
            not.
    """
    needed("ObjectStore", name, region=spec.region, account=spec.account)
    rules.refuse(name, spec)
    key = spec.key if spec.encryption != "none" else None
    made = harden(name, spec, opts, region=spec.region, key=key)
    _lifecycle(name, made, spec)
    _lock(name, made, spec)
    logs.deliver(name, made.bucket, spec, opts, spec.region)
    if spec.replica_region:
        replica.replicate(name, made, spec, opts)
    return ObjectStoreOutputs(
        url=made.bucket.bucket.apply("s3://{}".format),
        id=made.bucket.bucket,
        key_ring=pulumi.Output.from_input(""),
    )


def _lifecycle(name: str, made: Hardened, spec: ObjectStoreSpec) -> None:
    s3.BucketLifecycleConfiguration(
        name, bucket=made.bucket.bucket, rules=rules.lifecycle(spec), opts=made.after_versioning()
    )


def _lock(name: str, made: Hardened, spec: ObjectStoreSpec) -> None:
    if spec.lock_days is None:
        return
    s3.BucketObjectLockConfiguration(
        name,
        bucket=made.bucket.bucket,
        rule={"default_retention": {"mode": "COMPLIANCE", "days": spec.lock_days}},
        opts=made.after_versioning(),
    )
