"""Files of a border router: FRR for BGP, iproute2 for interfaces, wpa_supplicant for MACsec. Pure functions."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import islice

from components.interconnect.onprem.tunnel import Tunnel
from components.interconnect.shape import InterconnectSpec

SESSIONS = IPv4Network("169.254.96.0/20")
"""Where both ends of each session get their addresses from (RFC 3927, link-local); the far end has the lower one.

Only where the far end gives no addresses of its own."""

EXTENDED = 100
"""Gbit/s from which a far end asks for MACsec with extended packet numbers."""


@dataclass(frozen=True)
class Port:
    """One port of the link."""

    label: str
    """Its name, the same at the far end."""
    interface: str
    """The router's interface; a name of at most 15 letters (Linux)."""
    near: IPv4Address
    """Our address."""
    far: IPv4Address
    """The far end's."""
    vlan: int
    """The VLAN on it."""
    prefix: int = 30
    """How many bits of both are the network's."""
    key: str = ""
    """What signs the session's packets (RFC 2385). Default: nothing."""


def ports(name: str, spec: InterconnectSpec) -> tuple[Port, ...]:
    """List the ports; each session has a /30 of its own, by its place in the order."""
    labels = [
        (f"{spec.far_name or name}-{location.rpartition('/')[2].lower()}-{device}", spec.vlan_at(location))
        for location in spec.locations
        for device in range(1, spec.devices + 1)
    ]
    pairs = islice(SESSIONS.subnets(new_prefix=30), len(labels))
    return tuple(
        Port(label, f"link{at}", subnet[2], subnet[1], vlan)
        for at, ((label, vlan), subnet) in enumerate(zip(labels, pairs, strict=True))
    )


def joined(ports: Sequence[Port], sessions: Mapping[str, Mapping[str, str]]) -> tuple[Port, ...]:
    """Give the ports the addresses and keys that the far end chose, by session.

    Raises:
        ValueError: The far end has no session of a port's name.
    """
    if missing := [port.label for port in ports if port.label not in sessions]:
        there = ", ".join(sessions) or "none"
        raise ValueError(f"the far end has no session {', '.join(missing)}; it has {there}")
    return tuple(_joined(port, sessions[port.label]) for port in ports)


def _joined(port: Port, session: Mapping[str, str]) -> Port:
    near = IPv4Interface(session["theirs"])
    return dataclasses.replace(
        port,
        near=near.ip,
        far=IPv4Interface(session["ours"]).ip,
        prefix=near.network.prefixlen,
        key=session.get("key", ""),
    )


def bgp(spec: InterconnectSpec, ports: Sequence[Port], cidr: str, tunnels: Sequence[Tunnel] = ()) -> str:
    """Write FRR's configuration: our range out, the far ranges in, nothing else, and BFD for dead ports.

    What comes through a tunnel counts less, so that it carries traffic only when no port does.
    """
    neighbours = [line for port in ports for line in _neighbour(spec, port)]
    neighbours += [line for tunnel in tunnels for line in tunnel.neighbour()]
    active = [line for port in ports for line in _active(spec, str(port.far))]
    for tunnel in tunnels:
        active += [*_active(spec, tunnel.theirs), f"  neighbor {tunnel.theirs} route-map FALLBACK in"]
    fallback = ["route-map FALLBACK permit 10", " set local-preference 50", "exit"] if tunnels else []
    known = [f"ip prefix-list FAR seq {5 * at} permit {one}" for at, one in enumerate(spec.peer_cidrs, 1)]
    lines = [
        "frr defaults datacenter",
        f"ip prefix-list OWN seq 5 permit {cidr}",
        *known,
        *fallback,
        f"router bgp {spec.asn}",
        f" bgp router-id {ports[0].near}",
        " no bgp default ipv4-unicast",
        *neighbours,
        " address-family ipv4 unicast",
        f"  network {cidr}",
        f"  maximum-paths {len(ports)}",
        *active,
        " exit-address-family",
        "exit",
    ]
    return "\n".join(lines) + "\n"


def _neighbour(spec: InterconnectSpec, port: Port) -> list[str]:
    signed = [f" neighbor {port.far} password {port.key}"] if port.key else []
    return [
        f" neighbor {port.far} remote-as {spec.peer_asn}",
        f" neighbor {port.far} description {port.label}",
        f" neighbor {port.far} bfd",
        *signed,
    ]


def _active(spec: InterconnectSpec, far: str) -> list[str]:
    return [
        f"  neighbor {far} activate",
        f"  neighbor {far} prefix-list FAR in",
        f"  neighbor {far} prefix-list OWN out",
        f"  neighbor {far} maximum-prefix {len(spec.peer_cidrs)}",
    ]


SEAL, TAG = 32, 4
"""Bytes of a packet that MACsec adds (IEEE 802.1AE: tag with its channel, and check), and those of a VLAN's tag.

Linux takes both off what an interface inside may carry (macsec_change_mtu, netif_reduces_vlan_mtu)."""

SEALED = r"""sealed() {
  made=$(ip -o link show type macsec | sed -n "s/^[0-9]*: \([^@]*\)@$1:.*/\1/p")
  [ "$made" ] || { echo "$1 has no MACsec interface: start wpa_supplicant on it first" >&2; exit 1; }
  echo "$made"
}"""
"""Finds the encrypted interface of a port, which wpa_supplicant makes and Linux names (its macsec_linux driver)."""


def interfaces(spec: InterconnectSpec, ports: Sequence[Port]) -> str:
    """Write the script that makes the VLAN of each port; where the wire is encrypted it lies inside MACsec."""
    lines = ["#!/bin/sh", "set -eu", *([SEALED] if spec.macsec else [])]
    for port in ports:
        below, vlan = port.interface, f"{port.interface}v"
        lines.append(f"ip link set {below} up mtu {spec.mtu + (SEAL + TAG if spec.macsec else 0)}")
        if spec.macsec:
            lines += [f"below=$(sealed {below})", f'ip link set "$below" up mtu {spec.mtu + TAG}']
            below = '"$below"'
        lines += [
            f"ip link add link {below} name {vlan} type vlan id {port.vlan}",
            f"ip address add {port.near}/{port.prefix} dev {vlan}",
            f"ip link set {vlan} up mtu {spec.mtu}",
        ]
    return "\n".join(lines) + "\n"


def macsec(name: str, key: str) -> str:
    """Write wpa_supplicant's configuration of one port: AES-256, nothing in the clear.

    It takes wpa_supplicant 2.11: older ones know AES-128 alone, and refuse a file that names a suite.

    Args:
        name: The connectivity association's name (CKN), in hexadecimal.
        key: Its key (CAK), 64 hexadecimal digits.
    """
    # names and values: hostap, wpa_supplicant/wpa_supplicant.conf, "MACsec"
    lines = [
        "eapol_version=3",
        "ap_scan=0",
        "network={",
        "  key_mgmt=NONE",
        "  eapol_flags=0",
        "  macsec_policy=1",
        "  macsec_integ_only=0",
        "  macsec_csindex=1",
        f"  mka_cak={key}",
        f"  mka_ckn={name}",
        "  mka_priority=128",
        "}",
    ]
    return "\n".join(lines) + "\n"
