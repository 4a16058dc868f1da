"""Pools of machines on every cloud, in one form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.catalog.values import UNKNOWN, Value
from policy.model.resource import Resource


@dataclass(frozen=True, slots=True)
class Pool:
    """Machines that are bought together."""

    platform: str
    machine: Value
    """The machine type; UNKNOWN; or None when a launch template names it."""
    kind: Value
    """`on-demand`, `spot`, `reserved`, `capacity-block` or `flex-start`; or UNKNOWN."""
    shrinks: bool
    """It may scale down to no machine."""


def _eks(resource: Resource) -> Pool:
    kinds = {"SPOT": "spot", "CAPACITY_BLOCK": "capacity-block"}
    given = resource.get("capacityType")
    kind = UNKNOWN if given is UNKNOWN else kinds.get(str(given), "on-demand")
    return Pool("aws", resource.get("instanceTypes[0]"), kind, resource.get("scalingConfig.minSize") == 0)


def _gke(resource: Resource) -> Pool:
    shrinks = any(resource.get(f"autoscaling.{name}") == 0 for name in ("minNodeCount", "totalMinNodeCount"))
    return Pool("gcp", resource.get("nodeConfig.machineType"), _gke_kind(resource), shrinks)


def _gke_kind(resource: Resource) -> Value:
    flags = {
        "nodeConfig.spot": "spot",
        "nodeConfig.preemptible": "spot",
        "nodeConfig.flexStart": "flex-start",
    }
    for path, kind in flags.items():
        if resource.get(path) is True:
            return kind
    return "on-demand" if resource.get("nodeConfig.reservationAffinity.values") is None else "reserved"


def _aks(resource: Resource) -> Pool:
    spot = resource.get("scaleSetPriority") == "Spot"
    plain = "on-demand" if resource.get("capacityReservationGroupID") is None else "reserved"
    shrinks = resource.get("enableAutoScaling") is True and resource.get("minCount") == 0
    return Pool("azure", resource.get("vmSize"), "spot" if spot else plain, shrinks)


_READERS: Mapping[str, Callable[[Resource], Pool]] = {
    "aws:eks/nodeGroup:NodeGroup": _eks,
    "gcp:container/nodePool:NodePool": _gke,
    "azure-native:containerservice:AgentPool": _aks,
}

POOLS = tuple(_READERS)
"""The types that are pools of machines."""


_LABELS = {
    "aws:eks/nodeGroup:NodeGroup": "labels",
    "gcp:container/nodePool:NodePool": "nodeConfig.labels",
    "azure-native:containerservice:AgentPool": "nodeLabels",
}


def joins_fabric(resource: Resource) -> bool:
    """Tell whether a pool joins its machines' fabric: one that does without says so by a label of its nodes."""
    return bool(resource.get(f"{_LABELS[resource.type]}.causeway/fabric") != "none")


def pool(resource: Resource) -> Pool:
    """Read a pool from its resource."""
    return _READERS[resource.type](resource)
