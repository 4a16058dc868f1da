"""GKE: a private control plane, node pools wired to their fabric, and what puts the fabric's plugin on them."""

import dataclasses
from dataclasses import dataclass

import pulumi
from pulumi_gcp import container, serviceaccount

from components.google import needed, title, zones
from components.gpu_cluster.gcp import control_plane, installers, node_pool, rails, storage
from components.gpu_cluster.gcp.versions import KUBERNETES
from components.gpu_cluster.pools import NodePoolSpec, described, unmanned
from components.gpu_cluster.shape import GpuClusterOutputs, GpuClusterSpec
from components.kubernetes import access
from infra.capacity import FlexStart, OnDemand, Spot
from infra.catalog import fabric
from infra.problems import Problem, ProblemsError

METAL = "its cards need Google's own network service on every node (asapd-lite), which is not installed here"
"""Why machines without a hypervisor join no fabric yet (cluster-toolkit, gke-a4x-max-bm)."""


QUEUED = "its machines come to a ProvisioningRequest alone, and nothing here makes one (kueue #5129)"
"""Why a job would wait for machines of a queue for ever: Kueue makes such requests, and the cluster has none."""


@dataclass(frozen=True)
class Ground:
    """What pools stand on."""

    name: str
    """The cluster's name in the program."""
    spec: GpuClusterSpec
    """The cluster's settings."""
    cluster: container.Cluster
    """The control plane."""
    account: serviceaccount.Account
    """What every node acts as."""


def build(name: str, spec: GpuClusterSpec, opts: pulumi.ResourceOptions) -> GpuClusterOutputs:
    """Make the cluster and everything in it that a workload needs.

    The order is that of real dependencies, so that a destroy takes it backwards: content, pools, control plane,
    networks of the fabric.

    Raises:
        ProblemsError: Something that Google Cloud needs is missing, or a pool cannot be built.
    """
    refuse(name, spec)
    account = control_plane.account(name, spec, opts)
    roads = {pool.name: rails.build(name, spec, pool, opts) for pool in spec.pools.values() if pool.fabric}
    cluster = control_plane.build(name, spec, account, opts)
    ground = Ground(name, spec, cluster, account)
    groups: list[pulumi.Resource] = [
        _pool(ground, one, roads.get(pool.name, []))
        for pool in spec.pools.values()
        for one in with_fallback(pool)
    ]
    kubeconfig = control_plane.kubeconfig(cluster)
    provider = access.provider(name, kubeconfig, pulumi.ResourceOptions(parent=cluster))
    inside = access.inside(provider, cluster, cluster)
    for pool_name, made in roads.items():
        rails.announce(spec.pools[pool_name], made, inside)
    ready = pulumi.ResourceOptions.merge(inside, pulumi.ResourceOptions(depends_on=groups))
    installers.install(spec.pools.values(), spec.version or KUBERNETES, ready)
    if spec.storage:
        storage.install(spec.storage, ready)
    return GpuClusterOutputs(
        owner=cluster,
        ready=tuple(groups),
        name=cluster.name,
        endpoint=cluster.endpoint,
        kubeconfig=kubeconfig,
        pools=pulumi.Output.from_input(described(spec.pools.values())),
    )


def refuse(name: str, spec: GpuClusterSpec) -> None:
    """Refuse a cluster that nobody could reach or that cannot be built.

    Raises:
        ProblemsError: Names everything that is missing or contradicts.
    """
    needed("GpuCluster", name, account=spec.account, region=spec.region, key=spec.key, network=spec.network)
    found = unmanned(spec.pools.values())
    joined = [pool for pool in spec.pools.values() if pool.fabric]
    for other in joined[1:]:
        # the networks of a fabric have one name each in the cluster, and their cards one VPC each
        text = f"joins a fabric beside {joined[0].name}"
        found.append(Problem(f"pools.{other.written}", text, "one pool with a fabric in a GKE cluster"))
    found += [
        Problem(
            f"pools.{pool.written}.machine",
            f"given {pool.machine.name}: {METAL}",
            "a4x-highgpu-4g, or purpose: serving",
        )
        for pool in joined
        if fabric.of(pool.machine).attach == "rdma-metal"
    ]
    found += [
        Problem(f"pools.{pool.written}.capacity.flex-start", f"is queued: {QUEUED}", "queued: false")
        for pool in spec.pools.values()
        if isinstance(pool.capacity, FlexStart) and pool.capacity.queued
    ]
    found += [
        Problem(f"pools.{pool.written}.capacity.spot.fallback", "a reservation", "on-demand, none")
        for pool in spec.pools.values()
        if isinstance(pool.capacity, Spot) and pool.capacity.fallback not in {None, OnDemand()}
    ]
    if found:
        raise ProblemsError(f"GpuCluster {name!r} can't be built on Google Cloud", found)


def with_fallback(pool: NodePoolSpec) -> list[NodePoolSpec]:
    """Give the pool, and behind one of spot machines a second one on demand that takes what spot cannot.

    Both carry the same labels; the autoscaler tries the cheaper first and goes on when there is none.
    """
    if not isinstance(pool.capacity, Spot) or pool.capacity.fallback is None:
        return [pool]
    spare = dataclasses.replace(pool, capacity=pool.capacity.fallback, nodes=0, min_nodes=0)
    return [pool, spare]


def _pool(ground: Ground, pool: NodePoolSpec, roads: list[rails.Rail]) -> container.NodePool:
    """Make one pool."""
    name, spec, cluster = ground.name, ground.spec, ground.cluster
    places = node_pool.zones(pool, zones(spec.network))
    spare = ["on-demand"] if pool.capacity != spec.pools[pool.name].capacity else []
    node = node_pool.node(pool, key=spec.key, account=ground.account.email, labels=spec.labels)
    return container.NodePool(
        "-".join([name, pool.name, *spare]),
        name=title(pool.name, *spare, limit=40),
        cluster=cluster.id,
        location=spec.region,
        node_locations=places,
        version=spec.image or spec.version or KUBERNETES,
        max_pods_per_node=node_pool.PODS[pool.purpose],
        network_config={
            "enable_private_nodes": True,
            "additional_node_network_configs": [road.attached() for road in roads],
        },
        node_config=node,
        **node_pool.size(pool, places),
        **node_pool.upkeep(pool),
        **node_pool.placement(pool),
        **node_pool.bought(pool)[1],
        opts=pulumi.ResourceOptions(
            parent=cluster,
            # what a pool began with makes it anew when it changes: other bounds must not throw its machines away
            ignore_changes=["initialNodeCount"],
            custom_timeouts=pulumi.CustomTimeouts(create="90m", update="3h", delete="90m"),
        ),
    )
