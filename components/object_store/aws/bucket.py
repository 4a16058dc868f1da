"""One S3 bucket as we want each of them: encrypted, closed, versioned."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import s3

from components.object_store.aws import rules
from components.object_store.shape import ObjectStoreSpec
from components.parts import part_of


@dataclass(frozen=True)
class Hardened:
    """A bucket and its versioning, which lifecycle, lock and replication wait for."""

    bucket: s3.Bucket
    versioning: s3.BucketVersioning

    def after_versioning(self, *more: pulumi.Resource) -> pulumi.ResourceOptions:
        """Give the options of a configuration that S3 takes only once versions are kept."""
        return part_of(self.bucket, depends_on=[self.versioning, *more])


def harden(
    name: str,
    spec: ObjectStoreSpec,
    opts: pulumi.ResourceOptions,
    *,
    region: str,
    key: pulumi.Input[str] | None,
) -> Hardened:
    """Make a bucket that refuses plain connections, foreign keys and the public."""
    bucket = make(name, spec, opts, region)
    if key is not None:
        encryption = {"sse_algorithm": "aws:kms", "kms_master_key_id": key}
        encrypt(
            name, bucket, {"apply_server_side_encryption_by_default": encryption, "bucket_key_enabled": True}
        )
    admit(name, bucket, rules.bucket_policy(region, bucket.bucket, key))
    return Hardened(bucket, version(name, bucket, keep=spec.versioning))


def make(name: str, spec: ObjectStoreSpec, opts: pulumi.ResourceOptions, region: str) -> s3.Bucket:
    """Make the bare bucket."""
    return s3.Bucket(
        name,
        region=region,
        force_destroy=spec.force_destroy,
        object_lock_enabled=spec.lock_days is not None,
        tags=spec.labels,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=spec.protect)),
    )


def encrypt(name: str, bucket: s3.Bucket, rule: dict[str, object]) -> None:
    """Set how new objects are encrypted."""
    s3.BucketServerSideEncryptionConfiguration(
        name, bucket=bucket.bucket, region=bucket.region, rules=[rule], opts=_of(bucket)
    )


def admit(name: str, bucket: s3.Bucket, policy: pulumi.Output[str]) -> s3.BucketPolicy:
    """Shut out the public, take every object into our ownership, and set the policy."""
    where = {"bucket": bucket.bucket, "region": bucket.region}
    s3.BucketOwnershipControls(
        name, **where, rule={"object_ownership": "BucketOwnerEnforced"}, opts=_of(bucket)
    )
    closed = s3.BucketPublicAccessBlock(
        name,
        **where,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=_of(bucket),
    )
    # S3 refuses two changes of a bucket's access at once
    after = part_of(bucket, depends_on=[closed])
    return s3.BucketPolicy(name, **where, policy=policy, opts=after)


def version(name: str, bucket: s3.Bucket, *, keep: bool = True) -> s3.BucketVersioning:
    """Say whether older versions are kept."""
    return s3.BucketVersioning(
        name,
        bucket=bucket.bucket,
        region=bucket.region,
        versioning_configuration={"status": "Enabled" if keep else "Suspended"},
        opts=_of(bucket),
    )


def age(name: str, made: Hardened, spec: ObjectStoreSpec) -> None:
    """Let objects go with time; a copy needs the rules too, since S3 copies no end of an object."""
    s3.BucketLifecycleConfiguration(
        name,
        bucket=made.bucket.bucket,
        region=made.bucket.region,
        rules=rules.lifecycle(spec),
        opts=made.after_versioning(),
    )


def lock(name: str, made: Hardened, spec: ObjectStoreSpec) -> None:
    """Keep every version for as long as the settings say, whoever asks for less."""
    if spec.lock_days is None:
        return
    s3.BucketObjectLockConfiguration(
        name,
        bucket=made.bucket.bucket,
        region=made.bucket.region,
        rule={"default_retention": {"mode": "COMPLIANCE", "days": spec.lock_days}},
        opts=made.after_versioning(),
    )


def _of(bucket: s3.Bucket) -> pulumi.ResourceOptions:
    return part_of(bucket)
