"""EKS: a private control plane, node pools wired to their fabric, and what counts their devices."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import eks

from components.amazon import needed
from components.gpu_cluster.aws import addons, control_plane, devices, karpenter, nodes, storage
from components.gpu_cluster.pools import described, unmanned
from components.gpu_cluster.shape import GpuClusterOutputs, GpuClusterSpec
from components.kubernetes import access
from components.parts import part_of
from infra.capacity import Spot
from infra.problems import ProblemsError


def build(name: str, spec: GpuClusterSpec, opts: pulumi.ResourceOptions) -> GpuClusterOutputs:
    """Make the cluster and everything in it that a workload needs.

    The order is that of real dependencies, so that a destroy takes it backwards: content, controllers, pools,
    network add-ons, control plane.

    Raises:
        ProblemsError: Something that AWS needs is missing, or a pool cannot be built.
    """
    refuse(name, spec)
    cluster = control_plane.build(name, spec, opts)
    extras = addons.Addons(name, cluster, spec)
    role, rights = nodes.role(f"{name}-node", spec, cluster)
    maker = nodes.Nodes(name, cluster, spec, role, [*rights, *extras.before_nodes()])
    groups: list[pulumi.Resource] = [
        maker.pool(pool) for pool in spec.pools.values() if not isinstance(pool.capacity, Spot)
    ]
    later = extras.with_nodes(groups)
    kubeconfig = control_plane.kubeconfig(cluster, spec.region)
    provider = access.provider(name, kubeconfig, part_of(cluster))
    inside = access.inside(provider, cluster, cluster)
    ready = pulumi.ResourceOptions.merge(inside, pulumi.ResourceOptions(depends_on=groups))
    devices.install(spec.pools.values(), spec.region, ready)
    if spec.storage:
        storage.install(extras, ready)
    if spot := [pool for pool in spec.pools.values() if isinstance(pool.capacity, Spot)]:
        after = pulumi.ResourceOptions.merge(inside, pulumi.ResourceOptions(depends_on=[*groups, *later]))
        karpenter.install(maker, extras, spot, after, access.inside(provider, cluster))
    return _outputs(cluster, kubeconfig, spec, groups)


def _outputs(
    cluster: eks.Cluster,
    kubeconfig: pulumi.Output[str],
    spec: GpuClusterSpec,
    groups: Sequence[pulumi.Resource],
) -> GpuClusterOutputs:
    return GpuClusterOutputs(
        name=cluster.name,
        endpoint=cluster.endpoint,
        kubeconfig=kubeconfig,
        pools=pulumi.Output.from_input(described(spec.pools.values())),
        owner=cluster,
        ready=tuple(groups),
    )


def refuse(name: str, spec: GpuClusterSpec) -> None:
    """Refuse a cluster that nobody could reach or that has nowhere to run its own parts.

    Raises:
        ProblemsError: Names everything that is missing.
    """
    needed(
        "GpuCluster",
        name,
        account=spec.account,
        region=spec.region,
        key=spec.key,
        log_key=spec.log_key,
        network=spec.network,
        admin_principals=spec.admin_principals,
    )
    if found := unmanned(spec.pools.values()):
        raise ProblemsError(f"GpuCluster {name!r} can't be built on AWS", found)
