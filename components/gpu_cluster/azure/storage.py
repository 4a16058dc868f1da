"""Volumes of a shared file system: the driver that mounts them, and the class that names them."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.gpu_cluster.azure.versions import LUSTRE_CSI
from components.kubernetes.charts import Chart

CHARTS = "https://raw.githubusercontent.com/kubernetes-sigs/azurelustre-csi-driver/main/charts"


def install(storage: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
    """Install the Lustre driver and the storage class.

    Args:
        storage: `SharedFilesystem.storage`: the driver's name and the class's parameters.
        opts: Options of what lives in the cluster.
    """
    driver = Chart("azurelustre-csi-driver", CHARTS, LUSTRE_CSI).install("kube-system", {}, opts)
    k8s.storage.v1.StorageClass(
        "lustre",
        metadata={"name": "lustre"},
        provisioner=storage["driver"],
        parameters=storage["parameters"],
        reclaim_policy="Retain",
        volume_binding_mode="Immediate",
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[driver])),
    )
