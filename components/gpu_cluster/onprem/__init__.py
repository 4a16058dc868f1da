"""An existing Kubernetes on the site's own machines: its drivers, its fabric, and what its nodes say of themselves."""

from collections.abc import Sequence

import pulumi

from components import site as ground
from components.gpu_cluster.onprem import gpus, infiniband, nodes, storage
from components.gpu_cluster.onprem.hosts import Site, parse
from components.gpu_cluster.pools import described
from components.gpu_cluster.shape import GpuClusterOutputs, GpuClusterSpec


def build(name: str, spec: GpuClusterSpec, opts: pulumi.ResourceOptions) -> GpuClusterOutputs:
    """Make the machines ready for GPUs and InfiniBand, in the cluster that is there.

    Raises:
        ProblemsError: The kubeconfig is missing, or what a pool says of its machines cannot be.
    """
    ground.needed("GpuCluster", name, kubeconfig=spec.kubeconfig)
    ground.cannot(
        "GpuCluster",
        name,
        version=(spec.version, "nothing: the cluster is there, and who runs it upgrades it"),
        image=(spec.image, "nothing: the machines are there, and who runs them sets them up"),
        admin_principals=(", ".join(spec.admin_principals), "nothing: who runs the cluster names them"),
    )
    assert spec.kubeconfig is not None
    sites = list(parse(spec.pools, name).values())
    _label(sites, spec, _operators(sites, spec, opts), opts)
    if spec.storage:
        storage.install(spec.storage, spec.labels, opts)
    return GpuClusterOutputs(
        name=pulumi.Output.from_input(spec.region),
        endpoint=pulumi.Output.from_input("https://kubernetes.default.svc"),
        kubeconfig=pulumi.Output.secret(spec.kubeconfig),
        pools=pulumi.Output.from_input(described(spec.pools.values())),
        networks={one.pool.name: infiniband.networks(one) for one in sites if one.attach == "sriov"},
        issuer=pulumi.Output.from_input(spec.issuer) if spec.issuer else None,
    )


def _operators(
    sites: Sequence[Site], spec: GpuClusterSpec, opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Install the operators that the pools need; the GPU operator labels nodes too, so it comes first."""
    first = gpus.install(sites, spec.labels, opts)
    joined = [site for site in sites if site.pool.fabric]
    if not joined:
        return [first]
    after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[first]))
    return [first, *infiniband.install(joined, spec.labels, after)]


def _label(
    sites: Sequence[Site], spec: GpuClusterSpec, after: list[pulumi.Resource], opts: pulumi.ResourceOptions
) -> None:
    """Label and taint machines last: a pool that is not ready takes no pod."""
    then = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=after))
    for site in sites:
        title = f"pool-{site.pool.name}"
        wanted = {"rules": nodes.rules(site)}
        ground.custom(title, "nfd.k8s-sigs.io/v1alpha1/NodeFeatureRule", "", wanted, spec.labels, then)
