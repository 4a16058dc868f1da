"""The one way into a storage account: an address of our network, under the account's own name."""

from pulumi_azure_native import network, resources, storage

from components.microsoft.ids import beside, within
from components.object_store.shape import ObjectStoreSpec
from components.parts import part_of

ENDPOINTS = "endpoints"
"""The subnet of a network in which private endpoints stand."""

BLOB_ZONE = "privatelink.blob.core.windows.net"
"""The zone in which the names of private blob endpoints are looked up (Private Link guide, DNS zone values)."""


def connect(
    name: str, group: resources.ResourceGroup, made: storage.StorageAccount, spec: ObjectStoreSpec
) -> network.PrivateEndpoint:
    """Make the private endpoint of the blob service and its name inside the network."""
    label = f"{name}-blob"
    net = spec.network["id"]
    endpoint = network.PrivateEndpoint(
        label,
        private_endpoint_name=label,
        resource_group_name=group.name,
        location=group.location,
        subnet={"id": within(net, ENDPOINTS)},
        private_link_service_connections=[
            {"name": label, "private_link_service_id": made.id, "group_ids": ["blob"]}
        ],
        tags=spec.labels,
        opts=part_of(made),
    )
    zone = beside(net, "privateDnsZones", BLOB_ZONE)
    network.PrivateDnsZoneGroup(
        label,
        private_dns_zone_group_name="default",
        private_endpoint_name=endpoint.name,
        resource_group_name=group.name,
        private_dns_zone_configs=[{"name": "blob", "private_dns_zone_id": zone}],
        opts=part_of(endpoint),
    )
    return endpoint
