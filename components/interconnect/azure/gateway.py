"""Gateways of a virtual network, each in all of its zones."""

import pulumi
from pulumi_azure_native import network, resources

from components.interconnect.shape import InterconnectSpec
from components.microsoft.ids import title, within
from components.parts import part_of

GATEWAYS = "GatewaySubnet"
"""The subnet for gateways, whose name Azure prescribes."""


def gateway(
    name: str, group: resources.ResourceGroup, spec: InterconnectSpec, kind: str, sku: str
) -> network.VirtualNetworkGateway:
    """Make a gateway that stands in all zones."""
    label = f"{name}-{kind.lower()}"
    own = part_of(group)
    address = network.PublicIPAddress(
        label,
        public_ip_address_name=label,
        resource_group_name=group.name,
        location=group.location,
        public_ip_allocation_method="Static",
        sku={"name": "Standard", "tier": "Regional"},
        zones=list(spec.zones),
        tags=spec.labels,
        opts=own,
    )
    return network.VirtualNetworkGateway(
        label,
        virtual_network_gateway_name=title(label, limit=80),
        resource_group_name=group.name,
        location=group.location,
        gateway_type=kind,
        vpn_type="RouteBased",
        sku={"name": sku, "tier": sku},
        ip_configurations=[
            {
                "name": "default",
                "public_ip_address": {"id": address.id},
                "subnet": {"id": within(spec.network["id"], GATEWAYS)},
            }
        ],
        tags=spec.labels,
        # gateways take most of an hour
        opts=part_of(group, custom_timeouts=pulumi.CustomTimeouts(create="2h", update="2h", delete="2h")),
    )
