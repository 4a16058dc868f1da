"""Volumes of a shared file system: the class that names them; GKE brings the driver."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s


def install(storage: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
    """Install the storage class.

    Args:
        storage: `SharedFilesystem.storage`: the driver's name and the class's parameters.
        opts: Options of what lives in the cluster.
    """
    k8s.storage.v1.StorageClass(
        "lustre",
        metadata={"name": "lustre"},
        provisioner=storage["driver"],
        parameters=storage["parameters"],
        reclaim_policy="Retain",
        volume_binding_mode="WaitForFirstConsumer",
        opts=opts,
    )
