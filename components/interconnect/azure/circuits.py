"""Circuits of ExpressRoute, on own ports or brought by a carrier, each with its BGP sessions and its way in."""

from typing import Any

import pulumi
from pulumi_azure_native import network, resources

from components.interconnect.azure.places import Place
from components.interconnect.shape import InterconnectSpec
from components.microsoft.ids import title
from components.microsoft.ranges import BORDER
from components.parts import part_of

SKU = {"name": "Standard_MeteredData", "tier": "Standard", "family": "MeteredData"}

PASSED_BY = 100
"""Gbit/s from which packets go past the gateway, which is slower than the circuit (FastPath guide)."""


class Circuits:
    """Makes the circuits of one link, and remembers those of carriers, by circuit."""

    def __init__(
        self, spec: InterconnectSpec, group: resources.ResourceGroup, gateway: network.VirtualNetworkGateway
    ) -> None:
        self._spec, self._group, self._gateway = spec, group, gateway
        self._where = {"resource_group_name": group.name, "location": group.location, "tags": spec.labels}
        self.ids: dict[str, pulumi.Output[str]] = {}
        self.keys: dict[str, pulumi.Output[dict[str, str]]] = {}

    def own(self, label: str, port: network.ExpressRoutePort, at: int) -> None:
        """Make the circuit of an own port, once the port is in service.

        Args:
            label: What it is called.
            port: The port pair.
            at: Its place in the order, which decides the ranges of its sessions.
        """
        if self._spec.in_service:
            kind = {"express_route_port": {"id": port.id}, "bandwidth_in_gbps": self._spec.bandwidth_gbps}
            self._join(label, self._circuit(label, kind, port), at)

    def carried(self, label: str, place: Place, at: int) -> None:
        """Make the circuit that a carrier brings, and its sessions once the carrier has provisioned it.

        Args:
            label: What it is called.
            place: The meeting point and the carrier.
            at: Its place in the order, which decides the ranges of its sessions.
        """
        properties = {
            "service_provider_name": place.carrier,
            "peering_location": place.name,
            "bandwidth_in_mbps": self._spec.bandwidth_gbps * 1000,
        }
        circuit = self._circuit(label, {"service_provider_properties": properties}, self._group)
        self.ids[label] = circuit.id
        # whoever has the key can take the circuit: the carrier gets it from the stack's secret outputs
        self.keys[label] = pulumi.Output.secret(
            circuit.service_key.apply(lambda key: {"service_key": str(key)})
        )
        if self._spec.in_service:
            self._join(label, circuit, at)

    def _circuit(
        self, label: str, kind: dict[str, Any], parent: pulumi.Resource
    ) -> network.ExpressRouteCircuit:
        return network.ExpressRouteCircuit(
            label,
            circuit_name=title(label, limit=80),
            sku=SKU,
            **kind,
            **self._where,
            opts=part_of(parent, additional_secret_outputs=["serviceKey"]),
        )

    def _join(self, label: str, circuit: network.ExpressRouteCircuit, at: int) -> None:
        session = self._session(label, circuit, at)
        fast = {"express_route_gateway_bypass": True} if self._spec.bandwidth_gbps >= PASSED_BY else {}
        network.VirtualNetworkGatewayConnection(
            label,
            virtual_network_gateway_connection_name=title(label, limit=80),
            connection_type="ExpressRoute",
            virtual_network_gateway1={"id": self._gateway.id},
            peer={"id": circuit.id},
            **fast,
            **self._where,
            opts=part_of(self._gateway, depends_on=[session]),
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
            resource_group_name=self._group.name,
            peering_type="AzurePrivatePeering",
            peer_asn=self._spec.peer_asn,
            vlan_id=self._spec.vlan,
            primary_peer_address_prefix=str(first),
            secondary_peer_address_prefix=str(second),
            opts=part_of(circuit),
        )
