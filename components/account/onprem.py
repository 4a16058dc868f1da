"""An own site: how its existing Kubernetes is reached, and the storage system that everything in it stands on."""

import pulumi

from components import site
from components.account.shape import AccountOutputs, AccountSpec
from components.kubernetes import access
from components.kubernetes.charts import Chart

ROOK, ROOK_CHARTS = "v1.20.1", "https://charts.rook.io/release"
"""Rook's operator; the line that takes Ceph 19 and 20, and lists bucket fields to be allowed."""

ALLOWED = "maxObjects,maxSize,bucketLifecycle,bucketOwner,bucketPolicy"
"""What a bucket claim may say. Rook takes only the first two by default, since whoever may write a claim could open
a bucket to everyone; here nobody but this program may write claims."""


def build(name: str, spec: AccountSpec, opts: pulumi.ResourceOptions) -> AccountOutputs:
    """Make the provider, and the storage system of the site.

    Raises:
        ProblemsError: The kubeconfig is missing.
    """
    site.needed("Account", name, kubeconfig=spec.kubeconfig)
    assert spec.kubeconfig is not None
    provider = access.provider(f"{name}-site", pulumi.Output.secret(spec.kubeconfig), opts)
    inside = (
        access.inside(provider, opts.parent) if opts.parent else pulumi.ResourceOptions(provider=provider)
    )
    ground = (_storage(spec, inside),) if spec.storage else ()
    return AccountOutputs(providers=(provider,), ground=ground)


def _storage(spec: AccountSpec, inside: pulumi.ResourceOptions) -> pulumi.Resource:
    """Install Rook and let it make one Ceph cluster of every empty disk of the storage hosts."""
    space = site.namespace(site.STORAGE, spec.labels, inside, level="privileged")
    values = {
        "obcAllowAdditionalConfigFields": ALLOWED,
        "enableOBCWatchOperatorNamespace": True,
    }
    after = pulumi.ResourceOptions.merge(inside, pulumi.ResourceOptions(depends_on=[space]))
    operator = Chart("rook-ceph", ROOK_CHARTS, ROOK).install(site.STORAGE, values, after, timeout=site.WAIT)
    then = pulumi.ResourceOptions.merge(
        inside, pulumi.ResourceOptions(depends_on=[operator], protect=spec.protect)
    )
    return site.custom("site", "ceph.rook.io/v1/CephCluster", site.STORAGE, ceph_cluster(), spec.labels, then)


def ceph_cluster() -> dict[str, object]:
    """Describe the Ceph cluster: disks and wires encrypted, no two copies on one host."""
    return {
        "cephVersion": {"image": site.CEPH},
        "dataDirHostPath": "/var/lib/rook",
        "mon": {"count": 3, "allowMultiplePerNode": False},
        "mgr": {"count": 2, "allowMultiplePerNode": False},
        "dashboard": {"enabled": False},
        "network": {"connections": {"encryption": {"enabled": True}, "requireMsgr2": True}},
        "storage": {
            "useAllNodes": True,
            "useAllDevices": True,
            # a disk that leaves the building says nothing; who may read an object is decided by our keys
            "config": {"encryptedDevice": "true"},
        },
    }
