"""Who owns the GPU driver of a cluster: one party for all of its pools."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from components.gpu_cluster.pools import NodePoolSpec
from components.kubernetes.operators import Driver

ON_THE_POOL: Mapping[Driver, str] = MappingProxyType({Driver.PLATFORM: "Install", Driver.OPERATOR: "None"})
"""What a node pool is told (ManagedClusters API, gpuProfile.driver)."""


def owner(pools: Iterable[NodePoolSpec]) -> Driver:
    """Choose the owner: AKS, unless a pool joins InfiniBand, since AKS's driver does not load nvidia-peermem."""
    return Driver.OPERATOR if any(pool.fabric for pool in pools) else Driver.PLATFORM
