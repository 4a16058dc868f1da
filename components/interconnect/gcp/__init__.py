"""Cloud Interconnect: ports of our own or a partner's, a Cloud Router, and a tunnel for the day they all fail."""

import pulumi
from pulumi_gcp import compute

from components.google import needed, title
from components.interconnect.gcp import tunnel
from components.interconnect.gcp.places import Place, places
from components.interconnect.gcp.ports import Ports
from components.interconnect.shape import InterconnectOutputs, InterconnectSpec
from infra.problems import Problem, ProblemsError

MTU = (1500, 8896)
"""What a VLAN attachment carries, of those that the shape allows (Compute API, InterconnectAttachment.mtu)."""

SPEEDS = (10, 100, 400)
"""Gbit/s of a port of our own (Compute API, Interconnect.linkType)."""

PARTNER_ASN = 16550
"""The number that Partner Interconnect asks of our router (Compute API, Router.bgp.asn)."""

FIRST_VLAN = 2
"""The least VLAN of an attachment (Compute API, InterconnectAttachment.vlanTag8021q)."""

PRIVATE_ASNS = (range(64512, 65535), range(4_200_000_000, 4_294_967_295))
"""Numbers that Cloud Router takes for itself (RFC 6996)."""


def build(name: str, spec: InterconnectSpec, opts: pulumi.ResourceOptions) -> InterconnectOutputs:
    """Make ports, attachments, BGP sessions and the tunnel.

    All sessions end at one router. Those of the ports have the better priority, so the tunnel carries traffic only
    when no port does.

    Raises:
        ProblemsError: The network is missing, or Google Cloud does not have what is asked for.
    """
    needed("Interconnect", name, network=spec.network)
    found = places(spec)
    refuse(spec, found)
    router = compute.Router(
        name,
        name=title(name),
        network=spec.network["id"],
        bgp={"asn": spec.asn, "advertise_mode": "DEFAULT", "keepalive_interval": 20},
        opts=opts,
    )
    made = Ports(name, spec, router, opts)
    for place in found:
        made.build(place)
    keys = tunnel.build(name, spec, router) if spec.vpn_fallback else {}
    return InterconnectOutputs(id=router.id, ports=made.ids, keys=keys)


def refuse(spec: InterconnectSpec, found: list[Place]) -> None:
    """Refuse what Google Cloud does not have.

    Raises:
        ProblemsError: MTU, speed, number or place, all at once.
    """
    partner = any(place.partner for place in found)
    problems = []
    if not spec.in_service:
        problems.append(Problem("in_service", "given false", "true on Google Cloud: ports work once patched"))
    if spec.mtu not in MTU:
        problems.append(
            Problem("mtu", f"given {spec.mtu}", "1500 or 8896 on Google Cloud, the same at the far end")
        )
    if not partner and spec.bandwidth_gbps not in SPEEDS:
        allowed = "10, 100 or 400; for less, Partner Interconnect at availability-domain-1 and -2"
        problems.append(Problem("bandwidth_gbps", f"given {spec.bandwidth_gbps}", allowed))
    if partner and spec.asn != PARTNER_ASN:
        problems.append(Problem("asn", f"given {spec.asn}", f"{PARTNER_ASN} for Partner Interconnect"))
    if not partner and not any(spec.asn in private for private in PRIVATE_ASNS):
        problems.append(Problem("asn", f"given {spec.asn}", "64512 to 65534, or 4200000000 to 4294967294"))
    if partner and spec.macsec:
        problems.append(
            Problem("macsec", "given true for Partner Interconnect", "false: the ports are the partner's")
        )
    if not partner and spec.vlan < FIRST_VLAN:
        problems.append(Problem("vlan", f"given {spec.vlan}", f"{FIRST_VLAN} to 4094 on Google Cloud"))
    if spec.vlans:
        problems.append(Problem("vlans", "given on Google Cloud", "vlan, the same on every port"))
    problems += _apart(spec, found)
    if problems:
        raise ProblemsError("Interconnect can't be built on Google Cloud", problems)


def _apart(spec: InterconnectSpec, found: list[Place]) -> list[Problem]:
    """Ask for two edge availability domains wherever more than one port is asked for."""
    if len(found) > 1 and len({place.domain for place in found}) < 2:
        text = f"given {', '.join(spec.locations)}, which are all of {found[0].domain}"
        return [
            Problem("locations", text, "both edge availability domains (zone1 and zone2), kept up by turns")
        ]
    if len({place.partner for place in found}) > 1:
        return [Problem("locations", "given partner's and own ports together", "one kind a link")]
    return []
