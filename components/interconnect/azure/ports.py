"""Port pairs of ExpressRoute Direct, encrypted on the wire."""

from typing import Any

import pulumi
from pulumi_azure_native import network, resources

from components.interconnect.azure.places import Place
from components.interconnect.azure.safe import Safe
from components.interconnect.shape import InterconnectSpec
from components.microsoft.ids import title
from components.parts import part_of

LINKS = ("link1", "link2")
"""The two links of a pair, as Azure names them."""


class Ports:
    """Makes the ports of one link, and remembers what was made, by port."""

    def __init__(self, name: str, spec: InterconnectSpec, group: resources.ResourceGroup) -> None:
        self._spec, self._group = spec, group
        self._safe = Safe(name, spec, group) if spec.macsec else None
        self.ids: dict[str, pulumi.Output[str]] = {}
        self.keys: dict[str, pulumi.Output[dict[str, str]]] = {}

    def make(self, label: str, place: Place) -> network.ExpressRoutePort:
        """Make the pair of one place.

        Azure makes a pair first and lets its links be switched on, and encrypted, by an update alone.
        """
        sealed = self._safe.seal(label) if self._safe else None
        encryption: dict[str, Any] = {}
        if sealed:
            self.keys[label] = sealed.pair
            encryption = {"mac_sec_config": sealed.config}
        links = [{"name": link, "admin_state": "Enabled", **encryption} for link in LINKS]
        made = network.ExpressRoutePort(
            label,
            express_route_port_name=title(label, limit=80),
            resource_group_name=self._group.name,
            location=self._group.location,
            peering_location=place.name,
            bandwidth_in_gbps=self._spec.bandwidth_gbps,
            encapsulation="Dot1Q",
            billing_type="MeteredData",
            identity={"type": "UserAssigned", "user_assigned_identities": [sealed.reader]}
            if sealed
            else None,
            links=links if self._spec.in_service else None,
            tags=self._spec.labels,
            opts=part_of(self._group, depends_on=[sealed.right] if sealed else []),
        )
        self.ids[label] = made.id
        return made
