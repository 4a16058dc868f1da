"""How an environment is connected: its network and its dedicated links."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.section import Section


class Network(Section):
    """The private network of an environment."""

    cidr: str = "10.0.0.0/16"
    """Its IPv4 range. It may not overlap the range of any linked network. Default: 10.0.0.0/16."""
    nat: Literal["per-zone", "single", "none"] = "per-zone"
    """Ways out to the internet: one a zone survives a zone's loss, a single one is cheaper. Default: per-zone."""
    flow_log_days: Annotated[int, Field(ge=90)] = 90
    """How long flow logs are kept, in days. Default and least: 90."""


class Border(Section):
    """The border router at the far end of a link."""

    asn: Annotated[int, Field(ge=1, le=4294967294)]
    """The far end's autonomous system number."""
    address: str = ""
    """Its public IPv4 address, for the tunnel of `vpn_fallback`. Default: none."""


class Bgp(Border):
    """The far end of a link, as its router sees it."""

    cidrs: tuple[str, ...]
    """The networks behind it; none may overlap ours."""


class Line(Section):
    """A dedicated interconnect, without its far end."""

    resiliency: Literal["development", "high", "maximum"] = "high"
    """How many locations and devices: one, two locations, or two devices in each of two. Default: high."""
    locations: tuple[str, ...]
    """The provider's names of the meeting points, as many as the resiliency needs; of another region: `region/name`.

    On Azure `carrier/name` is a circuit that a carrier brings there, and a name alone a port pair of your own. On AWS
    `dxcon-…` is a hosted connection that a carrier made for the account, which `up` accepts; on Google Cloud
    `availability-domain-1` is a partner's port."""
    bandwidth_gbps: Literal[1, 10, 100, 400] = 10
    """Of each port, in Gbit/s. Default: 10."""
    ports: Annotated[int, Field(ge=1, le=4)] = 1
    """Ports bundled on each device. Default: 1."""
    asn: Annotated[int, Field(ge=1, le=4294967293)] = 64512
    """Our autonomous system number; our router takes the next. Default: 64512, the first private one (RFC 6996)."""
    vlan: Annotated[int, Field(ge=1, le=4094)] = 100
    """The VLAN on each port. Default: 100."""
    vlans: dict[str, Annotated[int, Field(ge=1, le=4094)]] = Field(default_factory=dict)
    """By location, as it is written in `locations`: its own VLAN, which a carrier of hosted connections on AWS chose.
    Default: `vlan` everywhere."""
    mtu: Literal[1500, 8500, 8896, 8950, 9001] = 1500
    """The largest packet in bytes; platforms allow different ones. Default: 1500."""
    macsec: bool = False
    """Encrypt on the wire (IEEE 802.1AE); the key pairs are secrets of the stack. Default: false."""
    in_service: bool = True
    """Whether its ports carry traffic: on Azure false at first, until what was ordered is patched. Default: true."""
    vpn_fallback: bool = True
    """An encrypted tunnel over the internet that takes over when every port is down. Default: true."""


class Link(Line):
    """A dedicated interconnect to another network."""

    peer: Bgp
    """The far end."""
    key_generation: Annotated[int, Field(ge=1)] | None = None
    """Raise it by one for new keys of this link alone: MACsec pairs, and the tunnel's where we make it.

    Until the far end has them too, nothing goes through. Default: `keys.generation`."""


class Span(Line):
    """A dedicated interconnect between two environments of ours: the networks behind both ends are theirs."""

    peer: Border
    """The site's border router."""
