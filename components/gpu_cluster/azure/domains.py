"""Racks of NVLink on AKS: what lets GPUs of several machines share memory, and whose driver InfiniBand has there."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.gpu_cluster.azure.versions import DRA
from components.gpu_cluster.pools import NodePoolSpec, only_on
from components.kubernetes.charts import Chart
from components.kubernetes.operators import CHARTS, namespace, tolerations

NAME = "nvidia-dra-driver-gpu"

DRIVER_ROOT = "/run/nvidia/driver"
"""Where the GPU Operator's driver is on a node (ai-infrastructure-on-azure, deploy-aks.sh)."""


def racks(pools: Sequence[NodePoolSpec]) -> list[NodePoolSpec]:
    """Give the pools whose machines join an NVLink domain."""
    return [pool for pool in pools if pool.fabric and pool.machine.domain]


def told(pools: Sequence[NodePoolSpec]) -> str:
    """Say in one sentence what nobody has published of such machines."""
    names = ", ".join(sorted({pool.machine.name for pool in pools}))
    return (
        f"{names}: InfiniBand keeps the system image's own driver, since the Network Operator's does not build there "
        "(Azure's guide on GB300), and no public source measures it between racks: run the acceptance job first"
    )


def install(
    pools: Sequence[NodePoolSpec],
    taints: Sequence[str],
    labels: Mapping[str, str],
    opts: pulumi.ResourceOptions,
    after: pulumi.Resource,
) -> None:
    """Install NVIDIA's driver for dynamic resource allocation on the racks.

    Args:
        pools: Pools whose machines join a domain.
        taints: Keys of the taints on their nodes.
        labels: Labels of the namespace.
        opts: Options of what lives in the cluster.
        after: What brings the GPU driver.
    """
    room = namespace(NAME, labels, opts)
    ready = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[room, after]))
    Chart(NAME, CHARTS, DRA).install(NAME, values(pools, taints), ready, timeout=1800)


def values(pools: Sequence[NodePoolSpec], taints: Sequence[str]) -> dict[str, Any]:
    """Write the chart's values: the GPU Operator counts the GPUs, so it hands out domains alone."""
    return {
        "nvidiaDriverRoot": DRIVER_ROOT,
        "resources": {"gpus": {"enabled": False}},
        "controller": {"affinity": {}},
        "kubeletPlugin": {"affinity": {"nodeAffinity": only_on(pools)}, "tolerations": tolerations(taints)},
    }
