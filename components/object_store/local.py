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
        url=folder.as_uri(),
        encryption=spec.encryption,
        key_ring=spec.key if spec.encryption != "none" else None,
        versioning=spec.versioning,
        lifecycle=_lifecycle(spec),
        data_class=spec.data_class,
        labels=spec.labels,
        force_destroy=spec.force_destroy,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=spec.protect)),
    )
    return ObjectStoreOutputs(url=bucket.url, id=bucket.id)


def _lifecycle(spec: ObjectStoreSpec) -> dict[str, int] | None:
    rules = {
        "noncurrentVersions": spec.noncurrent_versions,
        "noncurrentDays": spec.noncurrent_days,
        "expireDays": spec.expire_days,
    }
    return {name: value for name, value in rules.items() if value is not None} or None
