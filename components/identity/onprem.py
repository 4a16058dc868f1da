"""A user of the site's storage system, for one workload and one store."""

import pulumi
import pulumi_random as random

from components import site
from components.identity.shape import IdentityOutputs, IdentitySpec, StoreRight
from components.kubernetes.tenancy import AUTHORITY

DOES = {"read": ["read"], "write": ["read", "write", "delete"]}
"""By right: what the user's mask lets through, whatever a bucket's policy says (Rook, object store user)."""


def build(name: str, spec: IdentitySpec, opts: pulumi.ResourceOptions) -> IdentityOutputs:
    """Make the user and its pair of keys; which folder it may use is said by the policy at the bucket.

    A service account of the cluster cannot stand for a user of Ceph, so the pair is made here, changes with every
    new identity, and reaches the pod as a secret.

    Raises:
        ProblemsError: Rights on several stores are asked for; each store has users of its own.
    """
    more = ", ".join(list(spec.stores)[1:])
    site.cannot("Identity", name, stores=(more, "one store for each workload: a store's users are its own"))
    title = site.user(spec.workload)
    right = next(iter(spec.stores.values()), None)
    if right is None:
        return IdentityOutputs(pulumi.Output.from_input(title), {})
    access, hidden = _pair(name, opts)
    pair = {"access": access, "hidden": hidden}
    held = site.secret(f"{title}-pair", site.STORAGE, pair, spec.labels, opts)
    named = {"name": f"{title}-pair"}
    wanted = {
        "store": right.store,
        "displayName": title,
        "opMask": DOES[right.access],
        "quotas": {"maxBuckets": -1},  # it owns no bucket and makes none
        "keys": [{"accessKeyRef": {**named, "key": "access"}, "secretKeyRef": {**named, "key": "hidden"}}],
    }
    after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[held]))
    site.custom(title, "ceph.rook.io/v1/CephObjectStoreUser", site.STORAGE, wanted, spec.labels, after)
    return IdentityOutputs(
        pulumi.Output.from_input(title), {}, credentials(right, access, hidden, spec.region)
    )


def credentials(
    right: StoreRight, access: pulumi.Input[str], hidden: pulumi.Input[str], region: str
) -> dict[str, pulumi.Input[str]]:
    """Give what a client of S3 needs to reach the store, and to have written all under its key."""
    encrypted: dict[str, pulumi.Input[str]] = (
        {"AWS_SERVER_SIDE_ENCRYPTION": "aws:kms", "AWS_SSE_KMS_KEY_ID": right.key}
        if right.key is not None
        else {}
    )
    vouched: dict[str, pulumi.Input[str]] = (
        {AUTHORITY: right.authority} if right.authority is not None else {}
    )
    return {
        **vouched,
        "AWS_ACCESS_KEY_ID": access,
        "AWS_SECRET_ACCESS_KEY": hidden,
        "AWS_ENDPOINT_URL": pulumi.Output.concat("https://", site.gateway(right.store)),
        "AWS_REGION": region,
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
        **encrypted,
    }


def _pair(name: str, opts: pulumi.ResourceOptions) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    access = random.RandomPassword(f"{name}-access", length=20, special=False, lower=False, opts=opts)
    hidden = random.RandomPassword(f"{name}-hidden", length=40, special=False, opts=opts)
    return access.result, hidden.result
