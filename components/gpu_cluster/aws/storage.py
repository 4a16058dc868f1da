"""Volumes of a shared file system: the driver that mounts them, and the class that names them."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
from pulumi_kubernetes import helm

from components.gpu_cluster.aws.versions import FSX_CSI

CHARTS = "https://kubernetes-sigs.github.io/aws-fsx-csi-driver"


def install(storage: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
    """Install the FSx driver and the storage class.

    Args:
        storage: `SharedFilesystem.storage`: the driver's name and the class's parameters.
        opts: Options of what lives in the cluster.
    """
    driver = helm.v3.Release(
        "aws-fsx-csi-driver",
        name="aws-fsx-csi-driver",
        namespace="kube-system",
        chart="aws-fsx-csi-driver",
        version=FSX_CSI,
        repository_opts={"repo": CHARTS},
        atomic=True,
        timeout=600,
        opts=opts,
    )
    k8s.storage.v1.StorageClass(
        "lustre",
        metadata={"name": "lustre"},
        provisioner=storage["driver"],
        parameters=storage["parameters"],
        mount_options=["flock"],
        reclaim_policy="Retain",
        volume_binding_mode="Immediate",
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[driver])),
    )
