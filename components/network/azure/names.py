"""Names of private endpoints, answered inside the network alone."""

from pulumi_azure_native import network, privatedns, resources

from components.network.shape import NetworkSpec
from components.parts import part_of

BLOB_ZONE = "privatelink.blob.core.windows.net"
"""The zone in which the names of private blob endpoints are looked up (Private Link guide, DNS zone values)."""


def zone(
    name: str, group: resources.ResourceGroup, made: network.VirtualNetwork, spec: NetworkSpec
) -> privatedns.VirtualNetworkLink:
    """Make the zone of blob endpoints, and tie it to the network."""
    zone = privatedns.PrivateZone(
        f"{name}-blob",
        private_zone_name=BLOB_ZONE,
        resource_group_name=group.name,
        location="global",
        tags=spec.labels,
        opts=part_of(group),
    )
    return privatedns.VirtualNetworkLink(
        f"{name}-blob",
        virtual_network_link_name=name,
        private_zone_name=zone.name,
        resource_group_name=group.name,
        location="global",
        registration_enabled=False,
        virtual_network={"id": made.id},
        tags=spec.labels,
        opts=part_of(zone),
    )
