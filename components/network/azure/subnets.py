"""The subnets of a virtual network as plain values."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

import pulumi

from components.network.ranges import Plan

API_SERVER, ENDPOINTS, GATEWAYS = "api-server", "endpoints", "GatewaySubnet"
"""Subnets of the cluster's API, of private endpoints, and of gateways, whose name Azure prescribes."""


def private(zone: str) -> str:
    """Name a zone's private subnet."""
    return f"private-{zone}"


def fabric(pool: str) -> str:
    """Name the subnet of a pool with a fabric."""
    return f"fabric-{pool}"


def all_of(
    ranges: Plan,
    where: Mapping[str, str],
    guard: pulumi.Input[str],
    exits: Mapping[str, pulumi.Input[str]],
) -> list[dict[str, Any]]:
    """Write every subnet.

    Args:
        ranges: How the network's range is shared out.
        where: The zone of each pool with a fabric.
        guard: The id of the security group.
        exits: The id of the NAT gateway of each zone.
    """
    api, endpoints, gateways, _ = ranges.edge
    first = next(iter(exits.values()))
    inside = [
        *(_subnet(private(zone), block, guard, exits[zone]) for zone, block in ranges.private.items()),
        *(_subnet(fabric(pool), block, guard, exits[where[pool]]) for pool, block in ranges.fabric.items()),
        _subnet(ENDPOINTS, endpoints, guard, None),
    ]
    delegation = {"name": "aks", "service_name": "Microsoft.ContainerService/managedClusters"}
    clusters = {**_subnet(API_SERVER, api, guard, first), "delegations": [delegation]}
    # gateways bring their own protection: Azure refuses a security group or a NAT gateway beside them
    return [*inside, clusters, {"name": GATEWAYS, "address_prefix": str(gateways)}]


def _subnet(
    name: str, block: IPv4Network, guard: pulumi.Input[str], way_out: pulumi.Input[str] | None
) -> dict[str, Any]:
    out = {} if way_out is None else {"nat_gateway": {"id": way_out}}
    return {
        "name": name,
        "address_prefix": str(block),
        "default_outbound_access": False,
        "network_security_group": {"id": guard},
        "private_endpoint_network_policies": "Enabled",  # the security group holds for private endpoints too
        **out,
    }
