"""A node pool as plain values, derived from the fact table. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.google import ARM_TAINT
from components.gpu_cluster.gcp.versions import HYPERDISK
from components.gpu_cluster.pools import NodePoolSpec
from components.refusals import known
from infra import capacity
from infra.capacity import FlexStart, Reserved, Spot
from infra.catalog import fabric, pods, tpu
from infra.problems import Problem, ProblemsError

PODS = {"system": 64, "training": 32, "serving": 32}
"""Most pods of a node by purpose; GKE sets aside twice as many addresses for each."""

NODE_OPTIONS = ("disk_type", "image_type", "local_ssd_encryption_mode", "min_cpu_platform")
OPTIONS = (*NODE_OPTIONS, "installer_image", "daemon_image", "tpu_topology")
"""Arguments that a pool's `options` may set: of the node's configuration, the images of the fabric's plugin and of its
daemon (mirrors in a registry of one's own), and the shape of a TPU slice."""


def zones(pool: NodePoolSpec, given: Sequence[str]) -> list[str]:
    """Choose the pool's zones: one for a fabric, a slice or a reservation, else as many as share the nodes evenly.

    GKE counts a pool's nodes by zone, so a number that the zones do not divide would come out larger.
    """
    if pool.zone or pool.fabric or pool.machine.topology or isinstance(pool.capacity, Reserved):
        return [pool.zone or given[0]]
    if scales(pool):
        return list(given)
    even = next(n for n in range(len(given), 0, -1) if pool.nodes % n == 0)
    return list(given[:even])


def scales(pool: NodePoolSpec) -> bool:
    """Say whether the number of nodes changes by itself."""
    return pool.min_nodes != pool.max_nodes or isinstance(pool.capacity, FlexStart | Spot)


def size(pool: NodePoolSpec, places: Sequence[str]) -> dict[str, Any]:
    """Give the number of nodes, fixed or within bounds over all zones."""
    if not scales(pool):
        return {"node_count": pool.nodes // len(places)}
    scarce = isinstance(pool.capacity, FlexStart | Spot)
    bounds = {
        "total_min_node_count": pool.min_nodes,
        "total_max_node_count": max(pool.max_nodes, 1),
        # what is scarce is taken where there is some
        "location_policy": "ANY" if scarce else "BALANCED",
    }
    return {"autoscaling": bounds, "initial_node_count": pool.min_nodes // len(places)}


def upkeep(pool: NodePoolSpec) -> dict[str, Any]:
    """Say how nodes are repaired and upgraded: of scarce machines there is no spare, and none is thrown away."""
    flex = isinstance(pool.capacity, FlexStart)
    scarce = pool.scarce
    surge = (
        {"max_surge": 0, "max_unavailable": 1} if scarce or flex else {"max_surge": 1, "max_unavailable": 0}
    )
    return {
        "management": {"auto_repair": not (scarce or flex), "auto_upgrade": False},
        "upgrade_settings": {"strategy": "SURGE", **surge},
    }


def bought(pool: NodePoolSpec) -> tuple[dict[str, Any], dict[str, Any]]:
    """Say where the machines come from, in the words of the node's configuration and of the pool."""
    source = pool.capacity
    if isinstance(source, Reserved):
        affinity = {
            "consume_reservation_type": "SPECIFIC_RESERVATION",
            "key": "compute.googleapis.com/reservation-name",
            "values": [source.id],
        }
        return {"reservation_affinity": affinity}, {}
    if isinstance(source, FlexStart):
        node = {
            "flex_start": True,
            "max_run_duration": f"{int(source.max_run.total_seconds())}s",
            "reservation_affinity": {"consume_reservation_type": "NO_RESERVATION"},
        }
        return node, {"queued_provisioning": {"enabled": True}} if source.queued else {}
    return ({"spot": True}, {}) if isinstance(source, Spot) else ({}, {})


def placement(pool: NodePoolSpec) -> dict[str, Any]:
    """Keep the machines of a fabric together, and those of a slice in its shape."""
    if pool.machine.topology:
        made = slice_of(pool)
        shape = {"type": "COMPACT", "tpu_topology": made.topology}
        return {"placement_policy": shape} if made.nodes > 1 else {}
    wanted = capacity.placement_for(pool.machine, pool.capacity) if pool.fabric else None
    if wanted is None:
        return {}
    own = {} if wanted == "new" else {"policy_name": wanted}
    return {"placement_policy": {"type": "COMPACT", **own}}


def slice_of(pool: NodePoolSpec) -> tpu.Slice:
    """Give the slice of a TPU pool: the shape of its options, else the one of as many chips as its machines have.

    Raises:
        ProblemsError: No shape fits, or the shape takes another number of nodes than the pool has.
    """
    machine, where = pool.machine, f"pools.{pool.written}"
    chips = machine.gpus * pool.max_nodes
    wanted = pool.options.get("tpu_topology") or tpu.shape(machine, chips)
    if wanted is None:
        found = Problem(f"{where}.nodes", f"{pool.max_nodes} nodes are {chips} chips", "options.tpu_topology")
        raise ProblemsError("GpuCluster can't be built on Google Cloud", [found])
    made = tpu.slice_of(machine, wanted)
    if made.nodes not in {1, pool.max_nodes}:
        text = f"given {pool.max_nodes}, where {wanted} of {machine.name} takes {made.nodes}"
        raise ProblemsError(
            "GpuCluster can't be built on Google Cloud", [Problem(f"{where}.nodes", text, str(made.nodes))]
        )
    return made


def node(pool: NodePoolSpec, *, key: Any, account: Any, labels: Mapping[str, str]) -> dict[str, Any]:
    """Give a node's configuration.

    Args:
        pool: The pool.
        key: The key of its boot disk.
        account: The service account that it acts as.
        labels: Labels of its machines and disks, in Compute Engine's spelling.
    """
    machine = pool.machine
    disks = {"local_ssd_count": machine.local_ssds}
    huge = (
        {"hugepages_config": {"hugepage_size2m": machine.hugepages_mib // 2}} if machine.hugepages_mib else {}
    )
    return {
        "machine_type": machine.name,
        "image_type": "COS_CONTAINERD",
        "disk_size_gb": pool.disk_gib,
        "disk_type": "hyperdisk-balanced" if machine.name.startswith(HYPERDISK) else "pd-balanced",
        "boot_disk_kms_key": key,
        "service_account": account,
        "oauth_scopes": ["https://www.googleapis.com/auth/cloud-platform"],
        "gvnic": {"enabled": True},
        "shielded_instance_config": {"enable_secure_boot": True, "enable_integrity_monitoring": True},
        "workload_metadata_config": {"mode": "GKE_METADATA"},
        "metadata": {"disable-legacy-endpoints": "true"},
        "kubelet_config": {"insecure_kubelet_readonly_port_enabled": "FALSE"},
        "labels": node_labels(pool),
        "taints": taints(pool),
        "resource_labels": dict(labels),
        **_gpus(pool),
        **({"ephemeral_storage_local_ssd_config": disks} if machine.local_ssds else {}),
        **({"linux_node_config": huge} if pool.fabric and huge else {}),
        **bought(pool)[0],
        **{name: value for name, value in options(pool).items() if name in NODE_OPTIONS},
    }


def _gpus(pool: NodePoolSpec) -> dict[str, Any]:
    # GKE installs the driver, so nothing else ever does; TPUs are part of the machine type
    if not pool.machine.gpus or pool.machine.topology:
        return {}
    kind = pool.machine.labels["cloud.google.com/gke-accelerator"]
    driver = {"gpu_driver_version": "LATEST"}
    return {
        "guest_accelerators": [
            {"type": kind, "count": pool.machine.gpus, "gpu_driver_installation_config": driver}
        ]
    }


def node_labels(pool: NodePoolSpec) -> dict[str, str]:
    """Give the labels of a pool's nodes beside those that GKE sets; the fabric is named only where the pool joins."""
    joined = {} if pool.fabric else {"causeway/fabric": "none"}
    own = {
        name: value for name, value in pods.labels(pool.machine).items() if name not in pool.machine.labels
    }
    return {**own, **joined, "causeway/pool": pool.written}


def taints(pool: NodePoolSpec) -> list[dict[str, str]]:
    """Give the taints of a pool's nodes: its accelerator's, and one of its own where it has a fabric."""
    own = {"causeway/pool": pool.written} if pool.fabric else {}
    found = {**{taint.key: taint.value for taint in pods.taints(pool.machine)}, **own}
    return [{"key": key, "value": value, "effect": "NO_SCHEDULE"} for key, value in found.items()]


def borne(pools: Sequence[NodePoolSpec]) -> list[str]:
    """Give the keys of all taints on the pools' nodes, GKE's own on Arm machines among them."""
    own = [taint["key"] for pool in pools for taint in taints(pool)]
    arm = [ARM_TAINT] if any(pool.machine.arch == "arm64" for pool in pools) else []
    return list(dict.fromkeys([*own, *arm]))


def options(pool: NodePoolSpec) -> dict[str, Any]:
    """Give the pool's own arguments.

    Raises:
        ProblemsError: A name is no argument; the text suggests the nearest.
    """
    return known("Google Cloud", f"pools.{pool.written}.options", pool.options, OPTIONS)


def cards(pool: NodePoolSpec) -> int:
    """Count the network cards of a node beside its first."""
    return len(fabric.interfaces(pool.machine)) - 1 if pool.fabric else 0
