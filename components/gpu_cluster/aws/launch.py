"""A pool's launch template and node group as plain values, derived from the fact table. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.gpu_cluster.pools import NodePoolSpec
from infra import capacity
from infra.capacity import CapacityBlock, Reserved
from infra.catalog import accelerators, fabric, pods
from infra.problems import Problem, ProblemsError, nearest


def interfaces(pool: NodePoolSpec, groups: Sequence[Any]) -> list[dict[str, Any]]:
    """Lay out the network interfaces of a fabric node as the fact table orders them.

    No interface says anything of public addresses: EC2 refuses the word on machines of several interfaces, and
    the subnet gives none. None names its subnet: EKS refuses a group whose template does (EKS API,
    LaunchTemplateSpecification), and puts all of them into the group's own.
    """
    return [
        {
            "network_card_index": one.card,
            "device_index": one.device,
            "interface_type": one.kind,
            "security_groups": list(groups),
            "delete_on_termination": "true",
        }
        for one in fabric.interfaces(pool.machine)
    ]


def template(
    pool: NodePoolSpec, *, key: Any, groups: Sequence[Any], group_name: Any = None
) -> dict[str, Any]:
    """Give the arguments of a launch template, without names and tags."""
    fabric_part: dict[str, Any] = (
        {"network_interfaces": interfaces(pool, groups)}
        if pool.fabric
        else {"vpc_security_group_ids": list(groups)}
    )
    placement = {"placement": {"group_name": group_name}} if group_name is not None else {}
    return {
        "update_default_version": True,
        "metadata_options": METADATA,
        "block_device_mappings": [{"device_name": "/dev/xvda", "ebs": root_disk(pool, key)}],
        **fabric_part,
        **placement,
        **bought(pool),
    }


METADATA: Mapping[str, Any] = {
    "http_endpoint": "enabled",
    "http_tokens": "required",
    "http_put_response_hop_limit": 1,  # a container is one hop further away, so it never gets the node's rights
}
"""The metadata service answers the node alone."""


def root_disk(pool: NodePoolSpec, key: Any) -> dict[str, Any]:
    """Give the root disk, under our key."""
    return {
        "volume_size": pool.disk_gib,
        "volume_type": "gp3",
        "encrypted": "true",
        "kms_key_id": key,
        "delete_on_termination": "true",
    }


def bought(pool: NodePoolSpec) -> dict[str, Any]:
    """Say in the template's words where the machines come from."""
    source = pool.capacity
    if isinstance(source, Reserved | CapacityBlock):
        target = {"capacity_reservation_target": {"capacity_reservation_id": source.id}}
        found: dict[str, Any] = {"capacity_reservation_specification": target}
        if isinstance(source, CapacityBlock):
            # EKS takes the type of a block's machines from the template alone
            found["instance_market_options"] = {"market_type": "capacity-block"}
            found["instance_type"] = pool.machine.name
        return found
    return {}


def node_group(pool: NodePoolSpec, release: str) -> dict[str, Any]:
    """Give the arguments of a managed node group, without names, subnets and template."""
    block = isinstance(pool.capacity, CapacityBlock)
    scarce = pool.scarce
    return {
        "ami_type": image(pool),
        "release_version": release,
        "capacity_type": "CAPACITY_BLOCK" if block else "ON_DEMAND",
        "instance_types": None if block else [pool.machine.name],
        "scaling_config": {
            "desired_size": pool.nodes,
            "min_size": pool.min_nodes,
            "max_size": max(pool.max_nodes, 1),
        },
        # MINIMAL ends a node before its successor starts: of scarce machines there is no spare
        "update_config": {"max_unavailable": 1, "update_strategy": "MINIMAL" if scarce else "DEFAULT"},
        # a false alarm must not throw away a machine that cannot be had again
        "node_repair_config": {"enabled": not scarce},
        "labels": labels(pool),
        "taints": [
            {"key": key, "value": value, "effect": "NO_SCHEDULE"} for key, value in taints(pool).items()
        ],
    }


def image(pool: NodePoolSpec) -> str:
    """Name the variant of the node image; it owns the driver, so nothing else ever installs one."""
    arch = "x86_64" if pool.machine.arch == "amd64" else "ARM_64"
    return f"AL2023_{arch}_{_variant(pool)}"


def _variant(pool: NodePoolSpec) -> str:
    if pool.machine.accelerator is None:
        return "STANDARD"
    resource = accelerators.get(pool.machine.accelerator.model).resource
    return "NVIDIA" if resource == "nvidia.com/gpu" else "NEURON"


def labels(pool: NodePoolSpec) -> dict[str, str]:
    """Give the labels of a pool's nodes; the fabric is named only where the pool joins it."""
    gpu = {"nvidia.com/gpu.present": "true"} if _variant(pool) == "NVIDIA" else {}
    joined = {} if pool.fabric else {"causeway/fabric": "none"}
    return {**pods.labels(pool.machine), **joined, **gpu, "causeway/pool": pool.written}


def taints(pool: NodePoolSpec) -> dict[str, str]:
    """Give the taints of a pool's nodes: its accelerator's, and one of its own where it has a fabric."""
    own = {"causeway/pool": pool.written} if pool.fabric else {}
    return {**{taint.key: taint.value for taint in pods.taints(pool.machine)}, **own}


def placement(pool: NodePoolSpec) -> str | None:
    """Say which placement group the pool takes: `new`, the reservation's own, or none."""
    return capacity.placement_for(pool.machine, pool.capacity) if pool.fabric else None


def merged(
    base: dict[str, Any], options: Mapping[str, Any], known: Sequence[str], where: str
) -> dict[str, Any]:
    """Merge a pool's own options last.

    Raises:
        ProblemsError: A name is no argument; the text suggests the nearest.
    """
    strange = [
        Problem(f"{where}.{name}", "no such argument", ", ".join(sorted(known)), nearest(name, known))
        for name in options
        if name not in known
    ]
    if strange:
        raise ProblemsError("GpuCluster can't be built on AWS", strange)
    return {**base, **options}
