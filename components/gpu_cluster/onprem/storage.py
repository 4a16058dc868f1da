"""Volumes of a shared file system: the class that names them; the file system brought the driver."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s


def install(storage: Mapping[str, Any], labels: Mapping[str, str], opts: pulumi.ResourceOptions) -> None:
    """Install the storage class.

    Args:
        storage: `SharedFilesystem.storage`: the driver's name and the class's parameters.
        labels: Its labels.
        opts: Options of what lives in the cluster.
    """
    k8s.storage.v1.StorageClass(
        "shared",
        metadata={"name": "shared", "labels": dict(labels)},
        provisioner=storage["driver"],
        parameters=storage["parameters"],
        reclaim_policy="Retain",
        allow_volume_expansion=True,
        volume_binding_mode="Immediate",
        opts=opts,
    )
