"""ExpressRoute: own port pairs or a carrier's circuits in several places, gateways over all zones, and a tunnel."""

from collections.abc import Sequence
from ipaddress import IPv4Network

import pulumi

from components.interconnect.azure import tunnel
from components.interconnect.azure.circuits import Circuits
from components.interconnect.azure.gateway import gateway
from components.interconnect.azure.places import Place, places
from components.interconnect.azure.ports import Ports
from components.interconnect.shape import InterconnectOutputs, InterconnectSpec
from components.microsoft import rights
from components.microsoft.ids import needed
from components.microsoft.ranges import clashes
from infra.problems import Problem, ProblemsError

MICROSOFTS = (8075, 8076, 12076, *range(65515, 65521))
"""Numbers that Azure keeps for itself (ExpressRoute guide, routing requirements)."""

# azure-docs, includes/expressroute-gateway-performance-include.md: 1 and 10 Gbit/s; wider circuits pass them by
SKUS = {1: "ErGw1AZ", 10: "ErGw3AZ", 100: "ErGw3AZ", 400: "ErGw3AZ"}
"""The gateway over all zones that is as fast as a circuit, or lets packets go past itself."""

OWN, CARRIED = (10, 100, 400), (1, 10)
"""Bandwidths of own ports and of carriers' circuits, in Gbit/s."""


def build(name: str, spec: InterconnectSpec, opts: pulumi.ResourceOptions) -> InterconnectOutputs:
    """Make ports or circuits, BGP sessions, the gateway and the tunnel.

    A port pair and a carrier's circuit both end on two routers of their place, so `high` and `maximum` are the same
    here. For the same range Azure prefers ExpressRoute over a tunnel, so the tunnel carries traffic only when no
    circuit does.

    With `in_service: false` it is only ordered: own ports exist, so that Azure gives the letter for the cross-connect,
    and a carrier's circuits, whose service keys the carrier asks for. Sessions come once people are done.

    Raises:
        ProblemsError: The network is missing, or Azure does not have what is asked for.
    """
    needed("Interconnect", name, region=spec.region, network=spec.network)
    found = places(spec.locations)
    refuse(spec, found)
    group = rights.group(name, spec.region, spec.labels, opts)
    near = gateway(name, group, spec, "ExpressRoute", SKUS[spec.bandwidth_gbps])
    circuits, ports = Circuits(spec, group, near), Ports(name, spec, group)
    for at, place in enumerate(found):
        label = place.label(name)
        if place.carrier:
            circuits.carried(label, place, at)
        else:
            circuits.own(label, ports.make(label, place), at)
    keys = {**ports.keys, **circuits.keys}
    if spec.vpn_fallback:
        keys["tunnel"] = tunnel.build(name, group, spec)
    return InterconnectOutputs(id=near.id, ports={**ports.ids, **circuits.ids}, keys=keys)


def refuse(spec: InterconnectSpec, found: Sequence[Place]) -> None:
    """Refuse what Azure does not have.

    Raises:
        ProblemsError: Places, bandwidth, bundling, MTU, number or ranges that ExpressRoute does not take, all at once.
    """
    carried = any(place.carrier for place in found)
    problems = []
    if carried and not all(place.carrier for place in found):
        problems.append(Problem("locations", "given own ports and a carrier's together", "one kind a link"))
    if spec.bandwidth_gbps not in (sold := CARRIED if carried else OWN):
        kind, allowed = "a carrier" if carried else "own ports", ", ".join(map(str, sold))
        problems.append(
            Problem("bandwidth_gbps", f"given {spec.bandwidth_gbps}", f"{allowed} by {kind} on Azure")
        )
    if carried and spec.macsec:
        problems.append(Problem("macsec", "given true by a carrier", "false: the ports are the carrier's"))
    if spec.ports > 1:
        problems.append(Problem("ports", f"given {spec.ports}", "1 on Azure: a port pair has two already"))
    if spec.vlans:
        problems.append(Problem("vlans", "given on Azure", "vlan, the same on every circuit"))
    if spec.mtu > 1500:
        problems.append(Problem("mtu", f"given {spec.mtu}", "1500 on Azure"))
    if spec.peer_asn in MICROSOFTS:
        fix = "a number that Azure does not keep for itself"
        problems.append(Problem("peer_asn", f"given {spec.peer_asn}", fix))
    for cidr in spec.peer_cidrs:
        problems += clashes("peer_cidrs", IPv4Network(cidr))
    if problems:
        raise ProblemsError("Interconnect can't be built on Azure", problems)
