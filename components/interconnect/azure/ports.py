"""Port pairs of ExpressRoute Direct: encrypted on the wire, each with a circuit and its BGP sessions."""

from ipaddress import IPv4Network

import pulumi
from pulumi_azure_native import network, resources

from components.interconnect.azure.safe import Safe
from components.interconnect.shape import InterconnectSpec
from components.microsoft.ids import title
from components.parts import part_of
from infra import naming

BORDER = IPv4Network("192.168.255.0/25")
"""From where each circuit gets the two ranges of its BGP sessions; nobody else ever sees them."""


class Link:
    """Makes the ports of one link, and remembers what was made, by port."""

    def __init__(
        self,
        name: str,
        spec: InterconnectSpec,
        group: resources.ResourceGroup,
        gateway: network.VirtualNetworkGateway,
    ) -> None:
        self.name, self.spec, self.group, self.gateway = name, spec, group, gateway
        self.ports: dict[str, pulumi.Output[str]] = {}
        self.keys: dict[str, pulumi.Output[dict[str, str]]] = {}
        self.safe = Safe(name, spec, group) if spec.macsec else None

    def place(self, location: str, at: int) -> None:
        """Make the port pair of one location, its circuit, its session, and its way to the gateway."""
        label = f"{self.name}-{naming.name(location)}"
        port = self._port(label, location)
        self.ports[label] = port.id
        circuit = network.ExpressRouteCircuit(
            label,
            circuit_name=title(label, limit=80),
            resource_group_name=self.group.name,
            location=self.group.location,
            express_route_port={"id": port.id},
            bandwidth_in_gbps=self.spec.bandwidth_gbps,
            sku={"name": "Standard_MeteredData", "tier": "Standard", "family": "MeteredData"},
            tags=self.spec.labels,
            opts=part_of(port),
        )
        session = self._session(label, circuit, at)
        self._connect(label, circuit, session)

    def _port(self, label: str, location: str) -> network.ExpressRoutePort:
        sealed = self.safe.seal(label) if self.safe else None
        if sealed:
            self.keys[label] = sealed.pair
        encryption = {"mac_sec_config": sealed.config} if sealed else {}
        who = {"type": "UserAssigned", "user_assigned_identities": [sealed.reader]} if sealed else None
        return network.ExpressRoutePort(
            label,
            express_route_port_name=title(label, limit=80),
            resource_group_name=self.group.name,
            location=self.group.location,
            peering_location=location,
            bandwidth_in_gbps=self.spec.bandwidth_gbps,
            encapsulation="Dot1Q",
            billing_type="MeteredData",
            identity=who,
            links=[{"name": link, "admin_state": "Enabled", **encryption} for link in ("link1", "link2")],
            tags=self.spec.labels,
            opts=part_of(self.group, depends_on=[sealed.right] if sealed else []),
        )

    def _session(
        self, label: str, circuit: network.ExpressRouteCircuit, at: int
    ) -> network.ExpressRouteCircuitPeering:
        first, second = list(BORDER.subnets(new_prefix=30))[2 * at : 2 * at + 2]
        return network.ExpressRouteCircuitPeering(
            label,
            name="AzurePrivatePeering",
            peering_name="AzurePrivatePeering",
            circuit_name=circuit.name,
            resource_group_name=self.group.name,
            peering_type="AzurePrivatePeering",
            peer_asn=self.spec.peer_asn,
            vlan_id=self.spec.vlan,
            primary_peer_address_prefix=str(first),
            secondary_peer_address_prefix=str(second),
            opts=part_of(circuit),
        )

    def _connect(
        self, label: str, circuit: network.ExpressRouteCircuit, session: network.ExpressRouteCircuitPeering
    ) -> None:
        network.VirtualNetworkGatewayConnection(
            label,
            virtual_network_gateway_connection_name=title(label, limit=80),
            resource_group_name=self.group.name,
            location=self.group.location,
            connection_type="ExpressRoute",
            virtual_network_gateway1={"id": self.gateway.id},
            peer={"id": circuit.id},
            tags=self.spec.labels,
            opts=part_of(self.gateway, depends_on=[session]),
        )
