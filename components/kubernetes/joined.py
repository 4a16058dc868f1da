"""What a workload makes in the cluster before its pods can join a fabric: claims on libraries, a domain of GPUs."""

import pulumi
import pulumi_kubernetes as k8s

from components.kubernetes import fabric
from components.kubernetes.tenancy import Corner
from infra.catalog.fabrics import Fabric

READ = ["ReadOnlyMany"]


def libraries(corner: Corner, joined: Fabric | None) -> dict[str, str]:
    """Let pods read the folders that the fabric's installer fills, and no other folder of the node.

    A volume of its own for each: pods name a claim and never a path, so the namespace stays closed to host paths.

    Returns:
        Names of claims, by where pods see the folders.
    """
    made = {}
    for at, folder in (joined.libraries if joined else {}).items():
        title = f"{corner.name}-{at.rpartition('/')[2]}"
        made[at] = title
        _volume(corner, title, folder)
    return made


def _volume(corner: Corner, title: str, folder: str) -> None:
    bound = k8s.core.v1.PersistentVolume(
        title,
        metadata={"name": title, "labels": dict(corner.labels)},
        spec={
            "capacity": {"storage": "1Gi"},
            "accessModes": READ,
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "",
            "claimRef": {"namespace": corner.name, "name": title},
            "hostPath": {"path": folder, "type": "Directory"},
        },
        opts=corner.opts,
    )
    k8s.core.v1.PersistentVolumeClaim(
        title,
        metadata=corner.metadata(title),
        spec={
            "accessModes": READ,
            "storageClassName": "",
            "volumeName": title,
            "resources": {"requests": {"storage": "1Gi"}},
        },
        opts=pulumi.ResourceOptions.merge(corner.opts, pulumi.ResourceOptions(depends_on=[bound])),
    )


def domain(corner: Corner, joined: Fabric | None, nodes: int) -> None:
    """Ask for one domain of shared GPU memory for this job alone (NVIDIA/k8s-dra-driver-gpu #957)."""
    if joined is None or not joined.imex:
        return
    k8s.apiextensions.CustomResource(
        f"{corner.name}-domain",
        api_version="resource.nvidia.com/v1beta1",
        kind="ComputeDomain",
        metadata=corner.metadata(),
        spec={
            "numNodes": nodes,
            "channel": {"resourceClaimTemplate": {"name": fabric.channel(corner.name)}},
        },
        opts=corner.opts,
    )
