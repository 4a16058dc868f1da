"""A pod that selects a pool of several sources may run on each of its shares, from the stack file to the node."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from components.gpu_cluster import shape
from components.gpu_cluster.aws import karpenter_pool, launch
from components.gpu_cluster.azure import agent_pool, driver
from components.gpu_cluster.gcp import node_pool
from components.gpu_cluster.pools import NodePoolSpec
from components.kubernetes import pods, tenancy
from components.microsoft.pods import SPOT_TAINT
from infra.capacity import Spot
from infra.platforms import Platform
from infra.settings import Settings, parse
from stacks.pools import pool_args, resolve

MACHINES: Mapping[Platform, str] = {
    "aws": "g6.12xlarge",
    "gcp": "g2-standard-48",
    "azure": "Standard_NC48ads_A100_v4",
}


def settings(platform: Platform) -> Settings:
    """Give the settings of a stack with one pool of two sources."""
    shares = [{"nodes": 2, "on-demand": {}}, {"nodes": 3, "spot": {"fallback": "none"}}]
    pool = {"purpose": "serving", "machine": MACHINES[platform], "nodes": 5, "capacity": {"mixed": shares}}
    given: dict[str, Any] = {
        "platform": platform,
        "owner": "ada",
        "team": "research",
        "cost_center": "r-1",
        "data_classes": {"public": {}},
        "budget": {"monthly_usd": 1000},
        "region": {"aws": "eu-north-1", "gcp": "europe-west4", "azure": "swedencentral"}[platform],
        "account": {"aws": "123456789012", "gcp": "example", "azure": "s"}[platform],
        "cluster": {"pools": {"work": pool}},
    }
    return cast("Settings", parse(given))


def eks(pool: NodePoolSpec) -> tuple[dict[str, str], set[str]]:
    """Give labels and taints of a node, as a managed group or Karpenter sets them."""
    if not isinstance(pool.capacity, Spot):
        return launch.labels(pool), set(launch.taints(pool))
    template = karpenter_pool.node_pool(pool)["template"]
    return template["metadata"]["labels"], {one["key"] for one in template["spec"]["taints"]}


def gke(pool: NodePoolSpec) -> tuple[dict[str, str], set[str]]:
    """Give labels and taints of a node, as GKE sets them."""
    node = node_pool.node(pool, key="k", account="a", labels={})
    return node["labels"], {one["key"] for one in node["taints"]}


def aks(pool: NodePoolSpec) -> tuple[dict[str, str], set[str]]:
    """Give labels and taints of a node, as AKS sets them."""
    spot = isinstance(pool.capacity, Spot)
    made = agent_pool.arguments(pool, driver.owner([pool]), subnet="s", zones=["1"], tags={}, spot=spot)
    return made["node_labels"], {taint.partition("=")[0] for taint in made["node_taints"]}


NODES: Mapping[Platform, Callable[[NodePoolSpec], tuple[dict[str, str], set[str]]]] = {
    "aws": eks,
    "gcp": gke,
    "azure": aks,
}


@pytest.mark.parametrize("platform", MACHINES)
def test_a_pod_of_the_pool_fits_every_share(platform: Platform) -> None:
    """Its selector matches the nodes of both shares and its tolerations cover their taints."""
    stack = settings(platform)
    args: Any = {"platform": platform, "pools": pool_args(stack)}
    shares = shape.parse(args).pools.values()
    assert len(shares) == 2
    machine, nodes = resolve(stack, stack.cluster.pools["work"])
    assert sum(share.nodes for share in shares) == nodes
    seat: dict[str, Any] = {"kubeconfig": "", "pool": "work", "machine": machine.name, "fabric": False}
    own = {"azure": (SPOT_TAINT,)}.get(platform, ())
    place = tenancy.place(platform, {**seat, "nodes": nodes, "taints": own})
    borne = {one["key"] for one in pods.tolerations(place)}
    for share in shares:
        labels, taints = NODES[platform](share)
        assert labels["causeway/pool"] == place.pool
        assert taints <= borne, share.name
