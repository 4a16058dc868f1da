"""What lets GPUs of several machines share memory: NVIDIA's driver for dynamic resource allocation."""

from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.gpu_cluster.gcp import node_pool
from components.gpu_cluster.gcp.versions import DRA
from components.gpu_cluster.pools import NodePoolSpec, only_on
from components.kubernetes.charts import Chart
from components.kubernetes.operators import CHARTS, tolerations

NAME = "nvidia-dra-driver-gpu"

CRITICAL = ("system-node-critical", "system-cluster-critical")
"""Classes of its pods, which GKE lets into a namespace that has a quota for them."""


def install(pools: list[NodePoolSpec], opts: pulumi.ResourceOptions) -> None:
    """Install it for the pools whose machines share an NVLink domain; not at all if there are none."""
    if not pools:
        return
    room = k8s.core.v1.Namespace(
        NAME,
        metadata={"name": NAME, "labels": {"pod-security.kubernetes.io/enforce": "privileged"}},
        opts=opts,
    )
    within = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[room]))
    classes = {"operator": "In", "scopeName": "PriorityClass", "values": list(CRITICAL)}
    quota = k8s.core.v1.ResourceQuota(
        NAME,
        metadata={"name": NAME, "namespace": NAME},
        spec={"hard": {"pods": "100"}, "scopeSelector": {"matchExpressions": [classes]}},
        opts=within,
    )
    allowed = pulumi.ResourceOptions.merge(within, pulumi.ResourceOptions(depends_on=[quota]))
    Chart(NAME, CHARTS, DRA).install(NAME, values(pools), allowed, timeout=1800)


def values(pools: list[NodePoolSpec]) -> dict[str, Any]:
    """Write the chart's values: GKE counts the GPUs, so it hands out domains alone (cluster-toolkit, kubectl-apply)."""
    terms = [{"matchExpressions": [{"key": "nvidia.com/gpu", "operator": "DoesNotExist"}]}]
    elsewhere = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return {
        "nvidiaDriverRoot": "/home/kubernetes/bin/nvidia",
        "resources": {"gpus": {"enabled": False}},
        "controller": {"affinity": {"nodeAffinity": elsewhere}},
        "kubeletPlugin": {
            "affinity": {"nodeAffinity": only_on(pools)},
            "tolerations": tolerations(node_pool.borne(pools)),
        },
    }
