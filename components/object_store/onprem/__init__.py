"""A store of its own in the site's Ceph: own pools, own gateways, own key, one bucket."""

import pulumi
import pulumi_kubernetes as k8s

from components import site
from components.object_store.onprem import default, rules
from components.object_store.onprem.gateway import certificate, object_store
from components.object_store.shape import ObjectStoreOutputs, ObjectStoreSpec
from infra import naming

LIMIT = 40
"""Letters of a store's name; Rook makes services of it, with a prefix, that end at 63."""


def build(name: str, spec: ObjectStoreSpec, opts: pulumi.ResourceOptions) -> ObjectStoreOutputs:
    """Make the store, its gateways and the bucket.

    Raises:
        ProblemsError: Something is asked for that a bucket claim cannot say: versions, a lock, a copy elsewhere.
    """
    refuse(name, spec)
    title = naming.name(pulumi.get_stack(), name, limit=LIMIT)
    held = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=spec.protect))
    served, authority = certificate(title, spec.labels, opts)
    ready = pulumi.ResourceOptions.merge(held, pulumi.ResourceOptions(depends_on=[served]))
    store = site.custom(
        title, "ceph.rook.io/v1/CephObjectStore", site.STORAGE, object_store(title, spec), spec.labels, ready
    )
    bucket = _bucket(
        title, spec, pulumi.ResourceOptions.merge(held, pulumi.ResourceOptions(depends_on=[store]))
    )
    after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[bucket]))
    default.encrypt(title, spec, authority, after)
    return ObjectStoreOutputs(
        url=bucket.id.apply(lambda _: f"s3://{title}"),
        id=bucket.id.apply(lambda _: title),
        key_ring=pulumi.Output.from_input(""),
        authority=authority,
    )


def refuse(name: str, spec: ObjectStoreSpec) -> None:
    """Refuse what a claim for a bucket of Ceph has no word for.

    Raises:
        ProblemsError: Names everything at once.
    """
    versions = "a bucket claim cannot keep versions"
    site.cannot(
        "ObjectStore",
        name,
        versioning=(spec.versioning, f"false: {versions}"),
        noncurrent_versions=(spec.noncurrent_versions, f"nothing: {versions}"),
        noncurrent_days=(spec.noncurrent_days, f"nothing: {versions}"),
        lock_days=(spec.lock_days, f"nothing: a lock needs versions, and {versions}"),
        archive_days=(spec.archive_days, "nothing: the site has one tier"),
        replica_region=(spec.replica_region, "nothing: a site is one place"),
    )


def _bucket(title: str, spec: ObjectStoreSpec, opts: pulumi.ResourceOptions) -> pulumi.CustomResource:
    """Claim the bucket; without `force_destroy` it outlives its claim."""
    kept = "Delete" if spec.force_destroy else "Retain"
    family = k8s.storage.v1.StorageClass(
        title,
        metadata={"name": title, "labels": spec.labels},
        provisioner=f"{site.STORAGE}.ceph.rook.io/bucket",
        parameters={"objectStoreName": title, "objectStoreNamespace": site.STORAGE},
        reclaim_policy=kept,
        opts=opts,
    )
    policy = pulumi.Output.json_dumps(rules.policy(title, spec))
    wanted = {
        "bucketName": title,
        "storageClassName": title,
        "additionalConfig": {
            "bucketPolicy": policy,
            "bucketLifecycle": pulumi.Output.json_dumps(rules.lifecycle(spec)),
        },
    }
    after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[family]))
    kind = "objectbucket.io/v1alpha1/ObjectBucketClaim"
    return site.custom(title, kind, site.STORAGE, wanted, spec.labels, after)
