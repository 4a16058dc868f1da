"""A file system of the site's Ceph: own pools and metadata servers, one shared tree, a user that sees it alone."""

from typing import Any

import pulumi

from components import site
from components.kubernetes.charts import Chart
from components.shared_filesystem.shape import SharedFilesystemOutputs, SharedFilesystemSpec
from infra import naming
from infra.problems import Problem, ProblemsError

DRIVERS, DRIVERS_VERSION = "ceph-csi-drivers", "1.0.1"
"""The chart of Ceph's drivers, as old as the operator that Rook v1.20.1 brings (its chart's Chart.yaml). Since v1.20
Rook starts no driver by itself (its upgrade guide)."""

DRIVERS_CHARTS = "https://ceph.github.io/ceph-csi-operator"

DRIVER = f"{site.STORAGE}.cephfs.csi.ceph.com"
IMAGES = "rook-csi-operator-image-set-configmap"
"""Where Rook's chart says which images the drivers run."""

TREE = "shared"
"""The subvolume group that workloads mount; Ceph keeps it below `/volumes`."""

THROUGHPUT = 250
"""The neutral default, which asks for nothing."""

_COPIES = {"size": 3, "requireSafeReplicaSize": True}


def build(name: str, spec: SharedFilesystemSpec, opts: pulumi.ResourceOptions) -> SharedFilesystemOutputs:
    """Make the file system, the tree in it, and the user by which nodes mount the tree.

    It rests on disks that are encrypted one by one, as all of the site's storage is: a file system of Ceph has no key.
    Nothing fills it from a store by itself; workloads copy what they need.

    Raises:
        ProblemsError: A throughput is asked for.
    """
    refuse(name, spec)
    title = naming.name(pulumi.get_stack(), name)
    chart = Chart(DRIVERS, DRIVERS_CHARTS, DRIVERS_VERSION)
    drivers = chart.install(site.STORAGE, values(), opts, timeout=site.WAIT)
    after = pulumi.ResourceOptions.merge(
        opts, pulumi.ResourceOptions(depends_on=[drivers], protect=spec.protect)
    )
    kind = "ceph.rook.io/v1/CephFilesystem"
    made = site.custom(title, kind, site.STORAGE, filesystem(protect=spec.protect), spec.labels, after)
    inside = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[made]))
    tree = site.custom(
        f"{title}-{TREE}",
        "ceph.rook.io/v1/CephFilesystemSubVolumeGroup",
        site.STORAGE,
        {"name": TREE, "filesystemName": title, "quota": f"{spec.capacity_gib}Gi"},
        spec.labels,
        inside,
    )
    within = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[tree]))
    kind = "ceph.rook.io/v1/CephClient"
    user = site.custom(
        f"{title}-nodes",
        kind,
        site.STORAGE,
        {"caps": rights(title), "secretName": secret(title)},
        spec.labels,
        within,
    )
    return SharedFilesystemOutputs(
        id=user.id.apply(lambda _: title),
        packages=(),
        storage={"driver": DRIVER, "parameters": parameters(title)},
        volume=volume(title, spec.capacity_gib),
        mirrors=False,
    )


def refuse(name: str, spec: SharedFilesystemSpec) -> None:
    """Refuse a throughput, which no setting of Ceph gives.

    Raises:
        ProblemsError: Says what decides instead.
    """
    if spec.throughput_mbps_per_tib != THROUGHPUT:
        given = f"given {spec.throughput_mbps_per_tib}"
        found = [Problem("throughput_mbps_per_tib", given, "nothing: the site's disks and wires decide it")]
        raise ProblemsError(f"SharedFilesystem {name!r} can't be built on premises", found)


def values() -> dict[str, Any]:
    """Give the drivers' values: CephFS alone, under the name that Rook knows it by."""
    others = {kind: {"enabled": False} for kind in ("rbd", "nfs", "nvmeof")}
    return {
        "operatorConfig": {
            "namespace": site.STORAGE,
            "driverSpecDefaults": {
                "imageSet": {"name": IMAGES},
                # volumes are mounted on every machine, so the driver bears every pool's taints
                "nodePlugin": {
                    "priorityClassName": "system-node-critical",
                    "tolerations": [{"operator": "Exists"}],
                },
                "controllerPlugin": {"priorityClassName": "system-cluster-critical"},
            },
        },
        "drivers": {**others, "cephfs": {"enabled": True, "name": DRIVER}},
    }


def filesystem(*, protect: bool) -> dict[str, Any]:
    """Describe the file system: three copies on three hosts, a metadata server and one that is ready to take over."""
    return {
        "metadataPool": {"failureDomain": "host", "replicated": _COPIES},
        "dataPools": [{"name": "data", "failureDomain": "host", "replicated": _COPIES}],
        # what it holds outlives an object that is deleted by a slip
        "preserveFilesystemOnDelete": protect,
        "metadataServer": {
            "activeCount": 1,
            "activeStandby": True,
            "priorityClassName": "system-cluster-critical",
        },
    }


def rights(title: str) -> dict[str, str]:
    """Give the rights of nodes: the tree and its data, nothing else in the file system (Ceph, client capabilities)."""
    return {
        "mon": f"allow r fsname={title}",
        "mds": f"allow rw fsname={title} path=/volumes/{TREE}",
        "osd": f"allow rw tag cephfs data={title}",
    }


def secret(title: str) -> str:
    """Name the secret that Rook makes for the nodes' user."""
    return f"{title}-nodes"


def volume(title: str, capacity_gib: int) -> dict[str, Any]:
    """Say how a pod mounts the tree: a volume that is there, whose driver makes nothing and deletes nothing."""
    return {
        "driver": DRIVER,
        "handle": f"{title}-{TREE}",
        "attributes": {
            "clusterID": site.STORAGE,
            "fsName": title,
            "staticVolume": "true",
            "rootPath": f"/volumes/{TREE}",
        },
        "capacity_gib": capacity_gib,
        "mount_options": [],
        "secret": {"name": secret(title), "namespace": site.STORAGE},
    }


def parameters(title: str) -> dict[str, pulumi.Input[str]]:
    """Give the storage class's parameters: volumes made by the cluster lie in the same file system."""
    kinds = ("provisioner", "controller-expand", "controller-publish", "node-stage")
    users = {kind: "node" if kind == "node-stage" else "provisioner" for kind in kinds}
    secrets = {
        f"csi.storage.k8s.io/{kind}-secret-{part}": value
        for kind, user in users.items()
        for part, value in (("name", f"rook-csi-cephfs-{user}"), ("namespace", site.STORAGE))
    }
    return {"clusterID": site.STORAGE, "fsName": title, **secrets}
