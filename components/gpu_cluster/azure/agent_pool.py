"""An AKS node pool as plain values, derived from the fact table. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.gpu_cluster.azure.driver import ON_THE_POOL
from components.gpu_cluster.pools import NodePoolSpec
from components.kubernetes.operators import Driver
from components.microsoft.pods import SPOT_TAINT
from components.refusals import known
from infra import naming
from infra.capacity import Capacity, Reserved, Spot
from infra.catalog import pods

SPOT = {SPOT_TAINT: "spot"}
"""What AKS puts on spot machines, as a label and as a taint; said by us too, or a refresh would find it strange."""

OPTIONS = (
    "enable_fips",
    "gpu_instance_profile",
    "kubelet_config",
    "kubelet_disk_type",
    "linux_os_config",
    "max_pods",
    "os_disk_type",
    "security_profile",
    "upgrade_settings",
)
"""Arguments that a pool's `options` may set. The driver's owner is none of them: it is one for the whole cluster."""

# terraform-provider-azurerm, kubernetes_cluster_node_pool_resource.go; of these azure-native knows two by itself
FIXED = (
    "availability_zones",
    "capacity_reservation_group_id",
    "enable_encryption_at_host",
    "enable_fips",
    "enable_node_public_ip",
    "gpu_instance_profile",
    "gpu_profile",
    "kubelet_config",
    "kubelet_disk_type",
    "linux_os_config",
    "max_pods",
    "os_disk_size_gb",
    "os_disk_type",
    "os_type",
    "scale_set_eviction_policy",
    "scale_set_priority",
    "spot_max_price",
    "type",
    "vm_size",
    "vnet_subnet_id",
)
"""Arguments that AKS never changes on a living pool: another value is another pool."""


def name(pool: NodePoolSpec, ending: str = "") -> str:
    """Name a pool as AKS allows it: 12 lower-case letters and digits, beginning with a letter."""
    letters = "".join(filter(str.isalnum, pool.name.lower()))
    whole = f"{letters}{ending}" if letters[:1].isalpha() else f"p{letters}{ending}"
    return whole if len(whole) <= 12 else naming.name(whole, limit=12).replace("-", "")


def arguments(
    pool: NodePoolSpec,
    driver: Driver,
    *,
    subnet: Any,
    zones: Sequence[str],
    tags: Mapping[str, str],
    spot: bool = False,
) -> dict[str, Any]:
    """Give the arguments of a pool, without its name.

    Args:
        pool: The pool.
        driver: Who installs the GPU driver.
        subnet: The id of its subnet.
        zones: Where its machines stand: one zone for a fabric.
        tags: Labels of its machines.
        spot: Whether its machines are those that can be taken away. Default: no.
    """
    base = {
        "vm_size": pool.machine.name,
        "mode": "System" if pool.purpose == "system" and not spot else "User",
        "type": "VirtualMachineScaleSets",
        "os_type": "Linux",
        "os_sku": system(pool),
        "os_disk_type": "Managed",
        "os_disk_size_gb": pool.disk_gib,
        "availability_zones": list(zones),
        "vnet_subnet_id": subnet,
        "enable_encryption_at_host": True,
        "enable_node_public_ip": False,
        "node_labels": {**labels(pool), **(SPOT if spot else {})},
        "node_taints": [
            f"{key}={value}:NoSchedule" for key, value in {**taints(pool), **(SPOT if spot else {})}.items()
        ],
        "tags": dict(tags),
        **size(pool, spare=spot),
        **({"gpu_profile": {"driver": ON_THE_POOL[driver]}} if pool.machine.accelerator else {}),
        **bought(pool, spot=spot),
    }
    return {**base, **options(pool)}


def system(pool: NodePoolSpec) -> str:
    """Name the operating system: racks of NVLink ask for Ubuntu 24.04 (ai-infrastructure-on-azure, AKS, section 6)."""
    return "Ubuntu2404" if pool.machine.domain else "Ubuntu"


def size(pool: NodePoolSpec, *, spare: bool = False) -> dict[str, Any]:
    """Say how many machines there are. Spot machines may all be gone, so such a pool scales from none."""
    least = 0 if spare else pool.min_nodes
    if least == pool.max_nodes:
        return {"count": pool.nodes, "enable_auto_scaling": False}
    bounds = {"min_count": least, "max_count": max(pool.max_nodes, 1)}
    return {"count": pool.nodes, "enable_auto_scaling": True, **bounds, "scale_down_mode": "Delete"}


def bought(pool: NodePoolSpec, *, spot: bool) -> dict[str, Any]:
    """Say where the machines come from."""
    if spot:
        # -1: as much as a machine at list price costs, so none is ever taken away for its price alone.
        # How nodes are renewed is AKS's business there: it refuses a spot pool that says it (azurerm #19355)
        return {"scale_set_priority": "Spot", "scale_set_eviction_policy": "Delete", "spot_max_price": -1}
    group = reservation(pool)
    return {"upgrade_settings": upgrades(pool), **({"capacity_reservation_group_id": group} if group else {})}


def reservation(pool: NodePoolSpec) -> str:
    """Give the id of the capacity reservation group that a pool's machines come from; empty when from none."""
    source = _source(pool)
    return source.id if isinstance(source, Reserved) else ""


def _source(pool: NodePoolSpec) -> Capacity | None:
    return pool.capacity.fallback if isinstance(pool.capacity, Spot) else pool.capacity


def upgrades(pool: NodePoolSpec) -> dict[str, str]:
    """Say how nodes are renewed: of scarce machines there is no spare (AKS #4818, #4425, #2181)."""
    return (
        {"max_surge": "0", "max_unavailable": "1"}
        if pool.scarce or pool.machine.gpus
        else {"max_surge": "10%"}
    )


def labels(pool: NodePoolSpec) -> dict[str, str]:
    """Give the labels of a pool's nodes; the fabric is named only where the pool joins it."""
    joined = {} if pool.fabric else {"causeway/fabric": "none"}
    return {**pods.labels(pool.machine), **joined, "causeway/pool": pool.written}


def taints(pool: NodePoolSpec) -> dict[str, str]:
    """Give the taints of a pool's nodes: its accelerator's, and one of its own where it has a fabric."""
    own = {"causeway/pool": pool.written} if pool.fabric else {}
    return {**{taint.key: taint.value for taint in pods.taints(pool.machine)}, **own}


def options(pool: NodePoolSpec) -> dict[str, Any]:
    """Give the pool's own options.

    Raises:
        ProblemsError: A name is no argument of a pool; the text suggests the nearest.
    """
    return known("Azure", f"pools.{pool.written}.options", pool.options, OPTIONS)
