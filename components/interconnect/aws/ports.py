"""Ports of Direct Connect: our own, single or bundled, encrypted on the wire, or a carrier's; each with its session."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_random as random
from pulumi_aws import directconnect

from components.interconnect.aws.places import Place
from components.interconnect.shape import InterconnectSpec

CONNECTED = pulumi.CustomTimeouts(create="72h")
"""Virtual interfaces wait for the provider's technician, who plugs in the cable."""


@dataclass
class Ports:
    """Makes the ports of one link, and remembers what was made, by port."""

    name: str
    """The link's name."""
    spec: InterconnectSpec
    """The link's settings."""
    gateway: directconnect.Gateway
    """What the ports' sessions end at."""
    opts: pulumi.ResourceOptions
    """Options of the link's parts."""
    ids: dict[str, pulumi.Output[str]] = field(default_factory=dict)
    """The id of each connection."""
    keys: dict[str, pulumi.Output[dict[str, str]]] = field(default_factory=dict)
    """The MACsec pair of each connection, secret."""
    sessions: dict[str, pulumi.Output[dict[str, str]]] = field(default_factory=dict)
    """The addresses and the key of each BGP session, secret."""

    def build(self) -> None:
        """Make every device's ports and their session with the gateway."""
        for location in self.spec.locations:
            for device in range(1, self.spec.devices + 1):
                place = Place.of(location)
                label, vlan = f"{self.name}-{place.code.lower()}-{device}", self.spec.vlan_at(location)
                if place.hosted:
                    accepted = self._accepted(label, place)
                    self._session(label, place, vlan, accepted.id, [accepted])
                else:
                    self._device(label, place, vlan)

    def _device(self, label: str, location: Place, vlan: int) -> None:
        count = self.spec.ports
        labels = [f"{label}-{port}" for port in range(1, count + 1)] if count > 1 else [label]
        ports = [self._port(one, location) for one in labels]
        carrier = ports[0].id if count == 1 else self._bundle(label, location, ports)
        self._session(label, location, vlan, carrier, ports)

    def _accepted(self, label: str, place: Place) -> directconnect.ConnectionConfirmation:
        """Accept the connection that a carrier made for this account; an update never gives it back."""
        accepted = directconnect.ConnectionConfirmation(
            label, connection_id=place.code, region=place.region, opts=self.opts
        )
        self.ids[label] = accepted.id
        return accepted

    def _session(
        self,
        label: str,
        location: Place,
        vlan: int,
        connection: pulumi.Output[str],
        after: Sequence[pulumi.Resource],
    ) -> None:
        waiting = pulumi.ResourceOptions(
            parent=self.gateway,
            custom_timeouts=CONNECTED,
            depends_on=list(after),
            # a carrier's connection carries one interface, so there is no room for the next beside it
            delete_before_replace=location.hosted,
            # the addresses leave the component beside the key, under one mark: so they are under it here as well
            additional_secret_outputs=["amazonAddress", "bgpAuthKey", "customerAddress"],
        )
        session = directconnect.TransitVirtualInterface(
            label,
            name=f"{pulumi.get_stack()}-{label}",
            connection_id=connection,
            region=location.region,
            dx_gateway_id=self.gateway.id,
            address_family="ipv4",
            vlan=vlan,
            bgp_asn_long=str(self.spec.peer_asn),
            mtu=self.spec.mtu,
            tags=self.spec.labels,
            opts=waiting,
        )
        self.sessions[label] = _told(session)

    def _port(self, label: str, location: Place) -> directconnect.Connection:
        port = directconnect.Connection(
            label,
            name=f"{pulumi.get_stack()}-{label}",
            location=location.code,
            region=location.region,
            bandwidth=f"{self.spec.bandwidth_gbps}Gbps",
            request_macsec=self.spec.macsec,
            encryption_mode="must_encrypt" if self.spec.macsec else None,
            tags=self.spec.labels,
            opts=self.opts,
        )
        self.ids[label] = port.id
        if self.spec.macsec:
            self.keys[label] = _keys(label, port, self.spec)
        return port

    def _bundle(
        self, label: str, location: Place, ports: list[directconnect.Connection]
    ) -> pulumi.Output[str]:
        """Bundle the ports of one device (LACP), so that one cable less is bandwidth less and no outage."""
        bundle = directconnect.LinkAggregationGroup(
            label,
            name=f"{pulumi.get_stack()}-{label}",
            location=location.code,
            region=location.region,
            connections_bandwidth=f"{self.spec.bandwidth_gbps}Gbps",
            tags=self.spec.labels,
            opts=self.opts,
        )
        joined = [
            directconnect.ConnectionAssociation(
                f"{label}-{at}",
                connection_id=port.id,
                lag_id=bundle.id,
                region=location.region,
                opts=pulumi.ResourceOptions(parent=bundle),
            ).id
            for at, port in enumerate(ports, 1)
        ]
        # the session waits until the ports are in the bundle
        return pulumi.Output.all(bundle.id, *joined).apply(lambda ids: str(ids[0]))


def _told(made: directconnect.TransitVirtualInterface) -> pulumi.Output[dict[str, str]]:
    """Give both addresses and the key, which Direct Connect chooses where nobody does."""
    parts = {"ours": made.amazon_address, "theirs": made.customer_address, "key": made.bgp_auth_key}
    found: pulumi.Output[dict[str, str]] = pulumi.Output.all(**parts).apply(dict)
    return pulumi.Output.secret(found)


def _keys(
    label: str, port: directconnect.Connection, spec: InterconnectSpec
) -> pulumi.Output[dict[str, str]]:
    """Make the connectivity association's name and key, 64 hex digits each, and hand them to AWS.

    They exist in the state alone, encrypted; the far end takes them from the stack's secret outputs.
    """
    parts: dict[str, pulumi.Output[str]] = {}
    for part in ("ckn", "cak"):
        made = random.RandomBytes(
            f"{label}-{part}",
            length=32,
            keepers={"generation": str(spec.key_generation)},
            opts=pulumi.ResourceOptions(parent=port),
        )
        parts[part] = pulumi.Output.secret(made.hex)
    directconnect.MacsecKeyAssociation(
        label,
        connection_id=port.id,
        region=port.region,
        **parts,
        opts=pulumi.ResourceOptions(
            parent=port, additional_secret_outputs=["cak", "ckn"], delete_before_replace=False
        ),
    )
    pair: pulumi.Output[dict[str, str]] = pulumi.Output.all(**parts).apply(dict)
    return pulumi.Output.secret(pair)
