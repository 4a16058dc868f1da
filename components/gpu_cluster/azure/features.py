"""Features of a subscription that pools need on or off. They hold for all clusters in it, so no stack owns them."""

from collections.abc import Iterable

from components.gpu_cluster.pools import NodePoolSpec
from infra.problems import Problem, ProblemsError

HOST = "Microsoft.Compute/EncryptionAtHost"
INFINIBAND = "Microsoft.ContainerService/AKSInfinibandSupport"
"""It must be on for ND v4 and v5, and off for GB200 and GB300 (aks-rdma-infiniband, prerequisites; section 6 of
ai-infrastructure-on-azure's AKS guide)."""


def demands(pools: Iterable[NodePoolSpec]) -> dict[str, bool]:
    """Say which features must be on (true) or off (false).

    Raises:
        ProblemsError: Some pools need a feature on and others off.
    """
    joined = [pool for pool in pools if pool.fabric]
    racks = [pool for pool in joined if pool.machine.domain]
    others = [pool for pool in joined if not pool.machine.domain]
    if racks and others:
        text = f"{others[0].machine.name} needs {INFINIBAND} on, {racks[0].machine.name} needs it off"
        fix = "one kind in a subscription: the feature holds for all of its clusters"
        found = [Problem(f"pools.{racks[0].name}", text, fix)]
        raise ProblemsError("GpuCluster can't be built on Azure", found)
    return {HOST: True, **({INFINIBAND: not racks} if joined else {})}


def told(pools: Iterable[NodePoolSpec]) -> str:
    """Say in one line what somebody switches once in the subscription, and how."""
    parts = []
    for feature, on in demands(pools).items():
        namespace, _, name = feature.partition("/")
        verb = "register" if on else "unregister"
        parts.append(f"az feature {verb} --namespace {namespace} --name {name}")
    return f"once in the subscription: {'; '.join(parts)}"
