"""AKS: a private control plane, node pools of which each is one island of InfiniBand, and NVIDIA's operators."""

import operator
import re
from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_azure_native import containerservice

from components.gpu_cluster.azure import agent_pool, control_plane, domains, driver, features, storage
from components.gpu_cluster.azure.versions import KUBERNETES
from components.gpu_cluster.pools import NodePoolSpec, described, stands, unmanned
from components.gpu_cluster.shape import GpuClusterOutputs, GpuClusterSpec
from components.kubernetes import access, operators
from components.kubernetes.tenancy import kubernetes_labels
from components.microsoft import rights
from components.microsoft.ids import needed
from components.microsoft.pods import SPOT_TAINT
from components.parts import part_of
from infra.capacity import Spot
from infra.catalog import compat, fabric
from infra.problems import Problem, ProblemsError

GROUP_ID_FORM = (
    "/subscriptions/ID/resourceGroups/NAME/providers/Microsoft.Compute/capacityReservationGroups/NAME"
)
GROUP_ID = re.compile(re.sub("ID|NAME", "[^/]+", GROUP_ID_FORM), re.IGNORECASE)


def build(name: str, spec: GpuClusterSpec, opts: pulumi.ResourceOptions) -> GpuClusterOutputs:
    """Make the cluster and everything in it that a workload needs.

    The order is that of real dependencies, so that a destroy takes it backwards: content, operators, pools, control
    plane.

    Raises:
        ProblemsError: Something that Azure needs is missing, or a pool cannot be built.
    """
    refuse(name, spec)
    group = rights.group(name, spec.region, spec.labels, opts)
    pulumi.log.info(features.told(spec.pools.values()), group)
    maker = _Pools(name, spec)
    first = next(filter(stands, spec.pools.values()))
    profile = {"name": agent_pool.name(first), **maker.arguments(first)}
    cluster = control_plane.build(name, spec, group, profile)
    pools = [
        made
        for pool in spec.pools.values()
        if pool is not first
        for made in maker.build(pool, cluster, group.name)
    ]
    kubeconfig = control_plane.kubeconfig(cluster, group)
    provider = access.provider(name, kubeconfig, part_of(cluster))
    _operators(
        spec,
        pulumi.ResourceOptions.merge(
            access.inside(provider, cluster, cluster), pulumi.ResourceOptions(depends_on=pools)
        ),
    )
    if spec.storage:
        storage.install(spec.storage, access.inside(provider, cluster, cluster))
    return GpuClusterOutputs(
        name=cluster.name,
        endpoint=cluster.private_fqdn.apply("https://{}:443".format),
        kubeconfig=kubeconfig,
        pools=pulumi.Output.from_input(described(spec.pools.values())),
        owner=cluster,
        ready=tuple(pools),
        issuer=_issuer(cluster),
    )


def _issuer(cluster: containerservice.ManagedCluster) -> pulumi.Output[str]:
    """Give the issuer's address, which nobody knows before the cluster is there: a preview sees the inputs alone."""
    address = cluster.oidc_issuer_profile.apply(lambda profile: profile.issuer_url if profile else None)
    return pulumi.Output.all(cluster.id, address).apply(lambda found: str(found[1]))


def refuse(name: str, spec: GpuClusterSpec) -> None:
    """Refuse a cluster that nobody could reach, that has nowhere to run its own parts, or whose versions clash.

    Raises:
        ProblemsError: Names everything that is missing or wrong.
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
    found = unmanned(spec.pools.values())
    if spec.image:
        fix = "none: on AKS the version of Kubernetes decides, and no pool moves by itself"
        found.append(Problem("image", f"given {spec.image!r}", fix))
    for pool in spec.pools.values():
        reserved = agent_pool.reservation(pool)
        if reserved and not GROUP_ID.fullmatch(reserved):
            text, fix = f"reserved {reserved!r} is no id of a capacity reservation group", GROUP_ID_FORM
            found.append(Problem(f"pools.{pool.written}.capacity", text, fix))
        found += compat.check({"kubernetes": f"{spec.version or KUBERNETES}.999"}, pool.machine)
    if found:
        raise ProblemsError(f"GpuCluster {name!r} can't be built on Azure", found)


class _Pools:
    """Makes the pools of one cluster."""

    def __init__(self, name: str, spec: GpuClusterSpec) -> None:
        self._name, self._spec = name, spec
        self._driver = driver.owner(spec.pools.values())
        zones: Any = spec.network["zones"]  # plain: `Network.joined` says so
        self._zones: Sequence[str] = list(zones)

    def arguments(self, pool: NodePoolSpec, *, spot: bool = False) -> dict[str, object]:
        """Give a pool's arguments; a fabric stands in one zone, other pools in all unless one is named."""
        alone = pool.zone or (self._zones[0] if pool.fabric else "")
        return agent_pool.arguments(
            pool,
            self._driver,
            subnet=self._subnet(pool, alone or self._zones[0]),
            zones=[alone] if alone else self._zones,
            tags=self._spec.labels,
            spot=spot,
        )

    def build(
        self, pool: NodePoolSpec, cluster: containerservice.ManagedCluster, group: pulumi.Output[str]
    ) -> list[pulumi.Resource]:
        """Make a pool; one of spot machines gets a second one beside it that takes over when they are gone."""
        if not isinstance(pool.capacity, Spot):
            return [self._make(pool, cluster, group)]
        made = [self._make(pool, cluster, group, ending="spot", spot=True)]
        return made if pool.capacity.fallback is None else [*made, self._make(pool, cluster, group)]

    def _make(
        self,
        pool: NodePoolSpec,
        cluster: containerservice.ManagedCluster,
        group: pulumi.Output[str],
        *,
        ending: str = "",
        spot: bool = False,
    ) -> pulumi.Resource:
        label = f"{self._name}-{pool.name}" + (f"-{ending}" if ending else "")
        arguments = self.arguments(pool, spot=spot)
        made: pulumi.Resource = containerservice.AgentPool(
            label,
            agent_pool_name=agent_pool.name(pool, ending),
            resource_name_=cluster.name,
            resource_group_name=group,
            **arguments,
            opts=part_of(
                cluster,
                # a pool of GPUs of which every machine is started at once takes longer than the provider waits
                custom_timeouts=pulumi.CustomTimeouts(create="90m", update="3h", delete="90m"),
                # a pool keeps its name, and there is no quota for two: the old one goes first
                replace_on_changes=list(agent_pool.FIXED),
                delete_before_replace=True,
                # the autoscaler counts: an update would send its machines away
                ignore_changes=["count"] if arguments["enable_auto_scaling"] else [],
            ),
        )
        return made

    def _subnet(self, pool: NodePoolSpec, zone: str) -> pulumi.Output[str]:
        kind, name = ("fabric_subnets", pool.name) if pool.fabric else ("subnets", zone)
        found: pulumi.Output[dict[str, str]] = pulumi.Output.from_input(self._spec.network[kind])
        return found.apply(operator.itemgetter(name))


def _operators(spec: GpuClusterSpec, opts: pulumi.ResourceOptions) -> None:
    """Install what counts GPUs and adapters, on clusters that have them."""
    gpus = [pool for pool in spec.pools.values() if pool.machine.accelerator]
    joined = [pool for pool in gpus if pool.fabric]
    if not gpus:
        return
    labels = kubernetes_labels(spec.labels)
    taints = [key for pool in gpus for key in agent_pool.taints(pool)]
    taints.append(SPOT_TAINT)
    shared = domains.racks(joined)
    # without the Network Operator's driver GPUs and adapters share memory by the kernel's own way (dma-buf)
    chart = operators.gpu_operator(
        driver.owner(gpus), rdma=bool(joined) and not shared, taints=taints, labels=labels, opts=opts
    )
    if joined:
        operators.network_operator(
            fabric.of(joined[0].machine), taints, labels, opts, chart, driver=not shared
        )
    if shared:
        pulumi.log.warn(domains.told(shared), chart)
        domains.install(shared, taints, labels, opts, chart)
