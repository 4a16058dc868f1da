"""Features that a subscription switches on once: host encryption, and InfiniBand on sizes that ask for it."""

from collections.abc import Iterable

import pulumi
from pulumi_azure_native import features

from components.gpu_cluster.pools import NodePoolSpec
from infra.problems import Problem, ProblemsError

INFINIBAND = "AKSInfinibandSupport"
"""It must be on for ND v4 and v5, and off for GB200 and GB300 (aks-rdma-infiniband, prerequisites; section 6 of
ai-infrastructure-on-azure's AKS guide)."""


def infiniband(pools: Iterable[NodePoolSpec]) -> bool:
    """Say whether the feature must be on.

    Raises:
        ProblemsError: Some pools need it on and others off.
    """
    joined = [pool for pool in pools if pool.fabric]
    racks = [pool for pool in joined if pool.machine.domain]
    others = [pool for pool in joined if not pool.machine.domain]
    if racks and others:
        text = f"{others[0].machine.name} needs {INFINIBAND} on, {racks[0].machine.name} needs it off"
        fix = "one kind in a subscription: it holds for all of its clusters"
        raise ProblemsError(
            "GpuCluster can't be built on Azure", [Problem(f"pools.{racks[0].name}", text, fix)]
        )
    return bool(others)


def register(name: str, pools: Iterable[NodePoolSpec], opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
    """Switch on what the pools need; it stays on when the stack goes, since other clusters may need it."""
    wanted = [("Microsoft.Compute", "EncryptionAtHost")]
    if infiniband(pools):
        wanted.append(("Microsoft.ContainerService", INFINIBAND))
    stays = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(retain_on_delete=True))
    return [
        features.SubscriptionFeatureRegistration(
            f"{name}-{feature}",
            provider_namespace=namespace,
            feature_name=feature,
            opts=stays,
        )
        for namespace, feature in wanted
    ]
