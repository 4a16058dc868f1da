"""What the Google Cloud backends share: names, ranges of a network, and Google's own principals."""

from collections.abc import Mapping
from functools import partial
from ipaddress import IPv4Network
from typing import Any

import pulumi

from components import refusals
from infra import naming

PODS, SERVICES = "pods", "services"
"""Names of the secondary ranges of a node subnet, which a VPC-native cluster takes its addresses from."""

SUBNET_LOGS = {
    "aggregation_interval": "INTERVAL_1_MIN",
    "flow_sampling": 0.5,
    "metadata": "INCLUDE_ALL_METADATA",
}
"""Flow logs of a subnet: half of all packets' flows, told every minute."""


ARM_TAINT = "kubernetes.io/arch"
"""The key of the taint that GKE puts on Arm machines (cluster-toolkit, gke-a4x.yaml)."""


def title(*parts: str, limit: int = 63) -> str:
    """Name a resource after the stack and itself, within Compute Engine's limit (RFC 1035) or a shorter one."""
    return naming.name(pulumi.get_stack(), *parts, limit=limit)


needed = partial(refusals.needed, "Google Cloud")
"""Refuses a component that lacks what Google Cloud cannot do without: component, name, and values by argument."""


def workload_pool(project: str) -> str:
    """Give the identity pool of a project's clusters."""
    return f"{project}.svc.id.goog"


def zones(network: Mapping[str, Any]) -> list[str]:
    """Give the zones of a network, which are plain since they decide what is made."""
    return list(network["zones"])


def rails(block: str, count: int) -> list[str]:
    """Cut the range of a pool with a fabric into one range a network card, of a sixteenth each.

    Args:
        block: What `Network.fabric_subnets` gives for the pool.
        count: How many ranges, at most 16.
    """
    cards = list(IPv4Network(block).subnets(prefixlen_diff=4))
    return [str(card) for card in cards[:count]]
