"""Device plugins: they count GPUs and fabric devices for Kubernetes, on the pools that were built with them."""

from collections.abc import Iterable, Sequence

import pulumi

from components.gpu_cluster.aws import launch, registries
from components.gpu_cluster.aws.versions import NVIDIA_PLUGIN
from components.gpu_cluster.pools import NodePoolSpec
from components.kubernetes.charts import Chart
from infra.catalog import compat, fabrics
from infra.problems import Problem, ProblemsError

NAMESPACE = "kube-system"
NVIDIA_CHARTS = "https://nvidia.github.io/k8s-device-plugin"
EKS_CHARTS = "https://aws.github.io/eks-charts"


def install(pools: Iterable[NodePoolSpec], region: str, opts: pulumi.ResourceOptions) -> None:
    """Install the plugins that the pools need, and no other. The node image owns the driver."""
    chosen = list(pools)
    gpus = [pool for pool in chosen if launch.image(pool).endswith("NVIDIA")]
    joined = [pool for pool in chosen if pool.fabric]
    if gpus:
        marked = {"nodeSelector": {"nvidia.com/gpu.present": "true"}, "tolerations": tolerations(gpus)}
        Chart("nvidia-device-plugin", NVIDIA_CHARTS, NVIDIA_PLUGIN).install(NAMESPACE, marked, opts)
    if joined:
        plugin = fabrics.get("efa").plugin
        assert plugin
        refuse(plugin.name, plugin.pinned, joined)
        values = {
            "nodeSelector": {"causeway/fabric": "efa"},
            "tolerations": tolerations(joined),
            **image(region, plugin.chart),
        }
        Chart(plugin.chart, EKS_CHARTS, plugin.pinned).install(NAMESPACE, values, opts)


def image(region: str, name: str) -> dict[str, object]:
    """Say where a chart of EKS finds its image: in the cluster's own region, where one is known to be."""
    host = registries.registry(region)
    return {"image": {"repository": f"{host}/eks/{name}"}} if host else {}


def tolerations(pools: Sequence[NodePoolSpec]) -> list[dict[str, str]]:
    """Give the tolerations of a plugin: one for every taint that the pools carry."""
    keys = dict.fromkeys(key for pool in pools for key in launch.taints(pool))
    return [{"key": key, "operator": "Exists", "effect": "NoSchedule"} for key in keys]


def refuse(plugin: str, version: str, pools: Sequence[NodePoolSpec]) -> None:
    """Refuse a plugin that would count some machine's devices wrong.

    Raises:
        ProblemsError: The version is too old for a machine, with the reason.
    """
    found: list[Problem] = [
        problem for pool in pools for problem in compat.check({plugin: version}, pool.machine)
    ]
    if found:
        raise ProblemsError("GpuCluster can't be built on AWS", found)
