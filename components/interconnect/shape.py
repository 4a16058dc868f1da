"""The neutral shape of a dedicated interconnect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from types import MappingProxyType
from typing import Any, NotRequired, TypedDict

import pulumi

from components.reading import Reader
from infra.platforms import Platform, backend

LAYOUTS = {"development": (1, 1), "high": (2, 1), "maximum": (2, 2)}
"""By resiliency: distinct locations, and devices in each."""

BANDWIDTHS = (1, 10, 100, 400)
_LAST_ASN = 4_294_967_294


class InterconnectArgs(TypedDict):
    """A dedicated link to another network."""

    platform: str
    """Where: aws, gcp, azure, onprem or local."""
    region: NotRequired[str]
    """The platform's name of the region. Required on Azure."""
    locations: list[str]
    """The provider's names of the meeting points, all different, as many as the resiliency needs.

    One of another region is written `region/name`, one that a carrier brings us to on Azure `carrier/name`; on AWS the
    id of the connection that a carrier made for us stands for its place."""
    peer_asn: int
    """The far end's autonomous system number."""
    peer_cidrs: list[str]
    """The networks behind the far end."""
    network: dict[str, pulumi.Input[Any]]
    """Our network, as `Network.joined` gives it."""
    resiliency: NotRequired[str]
    """development (one location), high (two), or maximum (two devices in each of two). Default: high."""
    bandwidth_gbps: NotRequired[int]
    """Of each port, in Gbit/s: 1, 10, 100 or 400. Default: 10."""
    ports: NotRequired[int]
    """Ports bundled on each device (1 to 4). Default: 1."""
    asn: NotRequired[int]
    """Our autonomous system number; our router uses the next one. Default: 64512."""
    vlan: NotRequired[int]
    """The VLAN on each port (1 to 4094). Default: 100."""
    vlans: NotRequired[dict[str, int]]
    """By location, as it is written there: its own VLAN, where a carrier chose it. Default: `vlan` everywhere."""
    mtu: NotRequired[int]
    """The largest packet in bytes; platforms allow different ones. Default: 1500."""
    macsec: NotRequired[bool]
    """Encrypt on the wire (IEEE 802.1AE); key pairs are made here and given out as secrets. Default: false."""
    key_generation: NotRequired[int]
    """Raise it by one for new MACsec key pairs. Default: 1."""
    far_keys: NotRequired[pulumi.Input[dict[str, dict[str, str]]]]
    """On premises: MACsec pairs that the far end made, as its `Interconnect.keys` gives them. Default: made here."""
    far_sessions: NotRequired[pulumi.Input[dict[str, dict[str, str]]]]
    """On premises: addresses that the far end gave, as its `Interconnect.sessions` gives them. Default: made here."""
    far_tunnels: NotRequired[pulumi.Input[dict[str, dict[str, str]]]]
    """On premises: the tunnel that the far end made, as its `Interconnect.tunnels` gives it. Default: none."""
    far_name: NotRequired[str]
    """On premises: what the far end calls the link; its ports are called after it. Default: the same name."""
    in_service: NotRequired[bool]
    """Whether its ports carry traffic; false where they are ordered first, and patched by people. Default: true."""
    door: NotRequired[bool]
    """Let the far end reach the platform's object stores over the link and not over the internet. Default: false."""
    vpn_fallback: NotRequired[bool]
    """An encrypted tunnel over the internet that takes over when every port is down. Default: true."""
    peer_address: NotRequired[str]
    """The far end's public IPv4 address for the tunnel. Required with `vpn_fallback`."""
    protect: NotRequired[bool]
    """Refuse to delete the vault that keeps its keys, where there is one. Default: false."""
    labels: NotRequired[dict[str, str]]
    """Labels, in the platform's spelling. Default: none."""


@dataclass(frozen=True)
class InterconnectSpec:
    """The checked form of `InterconnectArgs`, every field present."""

    platform: Platform
    region: str
    locations: tuple[str, ...]
    devices: int
    peer_asn: int
    peer_cidrs: tuple[str, ...]
    network: dict[str, pulumi.Input[Any]]
    zones: tuple[str, ...]
    bandwidth_gbps: int
    ports: int
    asn: int
    vlan: int
    vlans: Mapping[str, int]
    mtu: int
    macsec: bool
    key_generation: int
    far_keys: pulumi.Input[dict[str, dict[str, str]]] | None
    far_sessions: pulumi.Input[dict[str, dict[str, str]]] | None
    far_tunnels: pulumi.Input[dict[str, dict[str, str]]] | None
    far_name: str
    in_service: bool
    door: bool
    vpn_fallback: bool
    peer_address: str
    protect: bool
    labels: dict[str, str]

    def vlan_at(self, location: str) -> int:
        """Give the VLAN on the ports of a location."""
        return self.vlans.get(location, self.vlan)


@dataclass(frozen=True)
class InterconnectOutputs:
    """What a backend gives back."""

    id: pulumi.Output[str]
    """The platform's id of the gateway that the ports end at."""
    ports: dict[str, pulumi.Output[str]]
    """By port: the platform's id, which the order of the cross-connect names."""
    keys: dict[str, pulumi.Output[dict[str, str]]]
    """By port: the MACsec pair `ckn` and `cak` that the far end's router takes; secrets."""
    sessions: Mapping[str, pulumi.Output[dict[str, str]]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """By session, named like its port: `ours` and `theirs`, addresses with their prefix, and the BGP `key`; secrets.

    Default: none, both ends agree by hand."""
    tunnels: Mapping[str, pulumi.Output[dict[str, str]]] = field(default_factory=lambda: MappingProxyType({}))
    """By tunnel: its public `address`, our `asn`, addresses `ours` and `theirs` inside it, its shared `key`; secrets.

    Default: none."""
    door: pulumi.Output[str] | None = None
    """Where the far end reaches object stores over the link, an HTTPS address. None: nowhere."""


class Interconnect(pulumi.ComponentResource):
    """A dedicated link to another network."""

    gateway_id: pulumi.Output[str]
    """The platform's id of the gateway that the ports end at."""
    ports: pulumi.Output[dict[str, str]]
    """By port: the platform's id, which the order of the cross-connect names."""
    keys: pulumi.Output[dict[str, dict[str, str]]]
    """By port: the MACsec pair `ckn` and `cak` that the far end's router takes; a secret."""
    sessions: pulumi.Output[dict[str, dict[str, str]]]
    """By session, named like its port: addresses `ours` and `theirs`, and the BGP `key`; a secret."""
    tunnels: pulumi.Output[dict[str, dict[str, str]]]
    """By tunnel: its `address`, our `asn`, `ours` and `theirs` inside it, and its shared `key`; a secret."""
    door: pulumi.Output[str]
    """Where the far end reaches object stores over the link, an HTTPS address; empty for nowhere."""

    def __init__(self, name: str, args: InterconnectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("causeway:index:Interconnect", name, dict(args), opts)
        spec = parse(args)
        made = backend("interconnect", spec.platform).build(name, spec, pulumi.ResourceOptions(parent=self))
        self.gateway_id = made.id
        self.ports = pulumi.Output.all(**made.ports).apply(dict)
        self.keys = pulumi.Output.secret(pulumi.Output.all(**made.keys).apply(dict))
        self.sessions = pulumi.Output.secret(pulumi.Output.all(**made.sessions).apply(dict))
        self.tunnels = pulumi.Output.secret(pulumi.Output.all(**made.tunnels).apply(dict))
        self.door = pulumi.Output.from_input("") if made.door is None else made.door
        self.register_outputs({name: getattr(self, name) for name in Interconnect.__annotations__})


def parse(args: InterconnectArgs | dict[str, Any]) -> InterconnectSpec:
    """Check the arguments and fill in defaults.

    Raises:
        ProblemsError: Carries every mistake at once.
    """
    reader = Reader("Interconnect", args, InterconnectArgs.__annotations__)
    resiliency = reader.choice("resiliency", LAYOUTS, "high")
    wanted, devices = LAYOUTS.get(resiliency, LAYOUTS["high"])
    locations = tuple(reader.listed("locations"))
    bandwidth = reader.whole("bandwidth_gbps", 10, 1, 400)
    spec = InterconnectSpec(
        platform=reader.platform(),
        region=reader.text("region", ""),
        locations=locations,
        devices=devices,
        peer_asn=reader.whole("peer_asn", None, 1, _LAST_ASN),
        peer_cidrs=tuple(reader.listed("peer_cidrs")),
        network=(joined := reader.mapping("network")),
        zones=tuple(joined.get("zones", ())),
        bandwidth_gbps=bandwidth,
        ports=reader.whole("ports", 1, 1, 4),
        asn=reader.whole("asn", 64512, 1, _LAST_ASN - 1),
        vlan=reader.whole("vlan", 100, 1, 4094),
        vlans=_vlans(reader, locations),
        mtu=reader.whole("mtu", 1500, 1500, 9001),
        macsec=reader.flag("macsec", default=False),
        key_generation=reader.whole("key_generation", 1, 1, 1_000_000),
        far_keys=reader.flowing("far_keys"),
        far_sessions=reader.flowing("far_sessions"),
        far_tunnels=reader.flowing("far_tunnels"),
        far_name=reader.text("far_name", ""),
        in_service=reader.flag("in_service", default=True),
        door=reader.flag("door", default=False),
        vpn_fallback=reader.flag("vpn_fallback", default=True),
        peer_address=reader.text("peer_address", ""),
        protect=reader.flag("protect", default=False),
        labels=reader.mapping("labels"),
    )
    if len(set(locations)) != wanted or len(locations) != wanted:
        given = f"given {', '.join(locations) or 'none'}"
        reader.refuse("locations", given, f"{wanted} different ones for resiliency {resiliency}")
    if bandwidth not in BANDWIDTHS:
        reader.refuse("bandwidth_gbps", f"given {bandwidth}", ", ".join(map(str, BANDWIDTHS)))
    if spec.peer_asn in {spec.asn, spec.asn + 1}:
        text = f"given {spec.peer_asn}, which is ours (asn {spec.asn} and the next)"
        reader.refuse("peer_asn", text, "another number: both ends of BGP differ")
    if spec.vpn_fallback and not spec.peer_address:
        reader.refuse(
            "peer_address", "is missing", "the far end's public IPv4 address, or vpn_fallback: false"
        )
    for cidr in spec.peer_cidrs:
        _check_range(cidr, reader)
    reader.done()
    return spec


def _vlans(reader: Reader, locations: tuple[str, ...]) -> dict[str, int]:
    given = reader.mapping("vlans")
    inner = reader.inside("vlans", given, locations)
    return {location: inner.whole(location, None, 1, 4094) for location in given}


def _check_range(cidr: str, reader: Reader) -> None:
    try:
        IPv4Network(cidr)
    except ValueError as error:
        reader.refuse("peer_cidrs", f"given {cidr!r}: {error}", "IPv4 ranges such as 10.200.0.0/16")
