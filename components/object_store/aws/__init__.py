"""An S3 bucket: encrypted with our key, closed to the public, versioned, logged."""

import pulumi

from components.amazon import needed
from components.object_store.aws import logs, replica, rules
from components.object_store.aws.bucket import age, harden, lock
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
    age(name, made, spec)
    lock(name, made, spec)
    logs.deliver(name, made.bucket, spec, opts, spec.region)
    if spec.replica_region:
        replica.replicate(name, made, spec, opts)
    return ObjectStoreOutputs(
        url=made.bucket.bucket.apply("s3://{}".format),
        id=made.bucket.bucket,
        key_ring=pulumi.Output.from_input(""),
    )
