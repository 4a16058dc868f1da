"""A Cloud Storage bucket: encrypted with our key, closed to the public, versioned, logged."""

import dataclasses
from typing import Any

import pulumi
from pulumi_gcp import storage

from components.google import needed
from components.object_store.gcp.rules import lifecycle, log_lifecycle, placed, versions
from components.object_store.shape import ObjectStoreOutputs, ObjectStoreSpec

WRITER = "group:cloud-storage-analytics@google.com"
"""Who delivers access logs (cloud.google.com/storage/docs/access-logs)."""

DAY = 86_400
TIERING = ("by-age", "by-use")
"""What can move objects here; by their use it is Autoclass."""

AUTOCLASS = {"enabled": True, "terminal_storage_class": "ARCHIVE"}
"""Objects that nobody reads go all the way down; reading one brings it back, without a fee for either
(cloud.google.com/storage/docs/autoclass)."""


def build(name: str, spec: ObjectStoreSpec, opts: pulumi.ResourceOptions) -> ObjectStoreOutputs:
    """Make the bucket, in two regions if there is a copy, and the bucket of its access logs.

    Raises:
        ProblemsError: The region is missing, or the copy would lie where it may not.
    """
    needed("ObjectStore", name, region=spec.region)
    location = placed(spec)
    logs = _logs(name, spec, location, opts)
    bucket = _bucket(
        name,
        spec,
        location,
        opts,
        lifecycle_rules=lifecycle(spec),
        logging={"log_bucket": logs.name, "log_object_prefix": "access"},
        retention_policy=_lock(spec),
        autoclass=AUTOCLASS if spec.tiering == "by-use" else None,
    )
    return ObjectStoreOutputs(url=bucket.url, id=bucket.name, key_ring=pulumi.Output.from_input(""))


def _lock(spec: ObjectStoreSpec) -> dict[str, Any] | None:
    # locked: from then on nobody can shorten it, Google's support included
    return {"retention_period": str(spec.lock_days * DAY), "is_locked": True} if spec.lock_days else None


def _bucket(
    name: str, spec: ObjectStoreSpec, location: str, opts: pulumi.ResourceOptions, **more: Any
) -> storage.Bucket:
    key = spec.replica_key if spec.replica_region else spec.key
    return storage.Bucket(
        name,
        location=location.upper(),
        storage_class="STANDARD",
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        encryption={"default_kms_key_name": key} if spec.encryption != "none" else None,
        versioning=versions(spec),
        soft_delete_policy={"retention_duration_seconds": 7 * DAY},
        force_destroy=spec.force_destroy,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=spec.protect)),
        **{"labels": spec.labels, **more},
    )


def _logs(name: str, spec: ObjectStoreSpec, location: str, opts: pulumi.ResourceOptions) -> storage.Bucket:
    """Make the bucket that lists the readers of another; it keeps them for 400 days."""
    label = f"{name}-access-logs"
    logs = _bucket(
        label,
        dataclasses.replace(spec, versioning=True, lock_days=None),
        location,
        opts,
        lifecycle_rules=log_lifecycle(),
        labels={**spec.labels, "purpose": "access-logs"},
    )
    storage.BucketIAMMember(
        label,
        bucket=logs.name,
        role="roles/storage.objectCreator",
        member=WRITER,
        opts=pulumi.ResourceOptions(parent=logs),
    )
    return logs
