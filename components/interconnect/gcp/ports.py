"""Ports and their VLAN attachments, each with its BGP session."""

from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_gcp import compute

from components.google import title
from components.interconnect.gcp.places import Place
from components.interconnect.shape import InterconnectSpec

COMPUTE = "https://www.googleapis.com/compute/v1/projects/"

LINKS = {
    10: "LINK_TYPE_ETHERNET_10G_LR",
    100: "LINK_TYPE_ETHERNET_100G_LR",
    400: "LINK_TYPE_ETHERNET_400G_LR4",
}
BANDWIDTH = {10: "BPS_10G", 100: "BPS_100G", 400: "BPS_400G"}
"""By Gbit/s: Google's words for a port and for an attachment (Compute API)."""

PREFERRED = 100
"""Priority of the ports' routes; the tunnel's is worse."""

CONNECTED = pulumi.CustomTimeouts(create="72h")
"""Ports wait for the technician, who plugs in the cable."""


@dataclass
class Ports:
    """Makes the ports of one link, and remembers what was made, by port."""

    name: str
    """The link's name."""
    spec: InterconnectSpec
    """The link's settings."""
    router: compute.Router
    """What the ports' sessions end at."""
    opts: pulumi.ResourceOptions
    """Options of the link's parts."""
    ids: dict[str, pulumi.Output[str]] = field(default_factory=dict)
    """The id of each port of our own, the pairing key of each partner's."""

    def build(self, place: Place) -> None:
        """Make the port at one place."""
        label = f"{self.name}-{place.name}"
        if place.partner:
            self._partner(label, place)
        else:
            self._dedicated(label, place)

    def _partner(self, label: str, place: Place) -> None:
        # the partner configures the session, which Google adds to the router once the partner has paired
        attachment = self._attachment(
            label,
            type="PARTNER",
            edge_availability_domain=f"AVAILABILITY_DOMAIN_{place.domain[-1]}",
        )
        self.ids[label] = attachment.pairing_key

    def _dedicated(self, label: str, place: Place) -> None:
        port = self._port(label, place)
        self.ids[label] = port.id
        attachment = self._attachment(
            label,
            type="DEDICATED",
            interconnect=port.id,
            bandwidth=BANDWIDTH[self.spec.bandwidth_gbps],
            vlan_tag8021q=self.spec.vlan,
        )
        own = pulumi.ResourceOptions(parent=attachment)
        interface = compute.RouterInterface(
            label,
            name=title(label),
            router=self.router.name,
            interconnect_attachment=attachment.self_link,
            ip_range=attachment.cloud_router_ip_address,
            opts=own,
        )
        compute.RouterPeer(
            label,
            name=title(label),
            router=self.router.name,
            interface=interface.name,
            peer_asn=self.spec.peer_asn,
            peer_ip_address=attachment.customer_router_ip_address.apply(lambda ip: str(ip).partition("/")[0]),
            advertised_route_priority=PREFERRED,
            bfd={"session_initialization_mode": "ACTIVE", "multiplier": 5},
            opts=own,
        )

    def _port(self, label: str, place: Place) -> compute.Interconnect:
        return compute.Interconnect(
            label,
            name=title(label),
            location=self._location(place),
            interconnect_type="DEDICATED",
            link_type=LINKS[self.spec.bandwidth_gbps],
            requested_link_count=self.spec.ports,
            customer_name=pulumi.get_stack(),
            admin_enabled=True,
            labels=self.spec.labels,
            opts=pulumi.ResourceOptions.merge(self.opts, pulumi.ResourceOptions(custom_timeouts=CONNECTED)),
            **self._macsec(),
        )

    def _location(self, place: Place) -> pulumi.Output[str]:
        """Give the meeting point as the API names it: by the address of a resource of the project."""
        return pulumi.Output.concat(
            COMPUTE, self.router.project, "/global/interconnectLocations/", place.name
        )

    def _macsec(self) -> dict[str, Any]:
        """Encrypt on the wire. Google makes the keys; `gcloud compute interconnects get-macsec-config` tells them."""
        if not self.spec.macsec:
            return {}
        key = {"name": f"key-{self.spec.key_generation}"}
        return {
            # asked for at the start alone: a port of older hardware could never be encrypted
            "requested_features": ["IF_MACSEC"],
            "macsec_enabled": True,
            "macsec": {"pre_shared_keys": [key], "fail_open": False},
        }

    def _attachment(self, label: str, **kind: Any) -> compute.InterconnectAttachment:
        return compute.InterconnectAttachment(
            label,
            name=title(label),
            router=self.router.id,
            mtu=str(self.spec.mtu),
            admin_enabled=True,
            labels=self.spec.labels,
            opts=pulumi.ResourceOptions(parent=self.router, custom_timeouts=CONNECTED),
            **kind,
        )
