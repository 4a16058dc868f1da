"""A bucket in a private folder of this machine, encrypted by the client before a byte reaches the disk."""

import pulumi

from components.object_store.shape import ObjectStoreOutputs, ObjectStoreSpec
from infra.paths import stack_home
from providers.localhost import sdk


def build(name: str, spec: ObjectStoreSpec, opts: pulumi.ResourceOptions) -> ObjectStoreOutputs:
    """Make one folder under the stack's home.

    Raises:
        ValueError: A lock or a replica is asked for, which one disk can't promise.
    """
    for asked, what in ((spec.lock_days, "lock_days"), (spec.replica_region, "replica_region")):
        if asked:
            raise ValueError(f"object store {name!r}: {what} is not possible on this machine; remove it")
    folder = stack_home(pulumi.get_stack()) / "buckets" / name
    bucket = sdk.Bucket(
        name,
        sdk.BucketArgs(
            url=folder.as_uri(),
            encryption=spec.encryption,
            key_ring=spec.key if spec.encryption != "none" else None,
            versioning=spec.versioning,
            lifecycle=_lifecycle(spec),
            data_class=spec.data_class,
            labels=spec.labels,
            force_destroy=spec.force_destroy,
        ),
        pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=spec.protect)),
    )
    ring = spec.key if spec.encryption != "none" and spec.key is not None else ""
    return ObjectStoreOutputs(url=bucket.url, id=bucket.id, key_ring=pulumi.Output.from_input(ring))


def _lifecycle(spec: ObjectStoreSpec) -> sdk.LifecycleArgs | None:
    if not (spec.noncurrent_versions or spec.noncurrent_days or spec.expire_days):
        return None
    return sdk.LifecycleArgs(
        noncurrent_versions=spec.noncurrent_versions,
        noncurrent_days=spec.noncurrent_days,
        expire_days=spec.expire_days,
    )
