"""ExpressRoute Direct: port pairs in several places, a circuit on each, gateways over all zones, and a tunnel."""

from ipaddress import IPv4Network

import pulumi

from components.interconnect.azure import tunnel
from components.interconnect.azure.gateway import gateway
from components.interconnect.azure.ports import BORDER, Link
from components.interconnect.shape import InterconnectOutputs, InterconnectSpec
from components.microsoft import rights
from components.microsoft.ids import needed
from infra.problems import Problem, ProblemsError

MICROSOFTS = (8075, 8076, 12076, *range(65515, 65521))
"""Numbers that Azure keeps for itself (ExpressRoute guide, routing requirements)."""

SKUS = {10: "ErGw1AZ", 100: "ErGw3AZ", 400: "ErGw3AZ"}
"""The gateway over all zones that fits a port's bandwidth."""


def build(name: str, spec: InterconnectSpec, opts: pulumi.ResourceOptions) -> InterconnectOutputs:
    """Make port pairs, circuits, BGP sessions, the gateway and the tunnel.

    A port pair ends on two routers of its place, so `high` and `maximum` are the same here. For the same range Azure
    prefers ExpressRoute over a tunnel, so the tunnel carries traffic only when no circuit does.

    Raises:
        ProblemsError: The network is missing, or Azure does not have what is asked for.
    """
    needed("Interconnect", name, region=spec.region, network=spec.network)
    refuse(spec)
    group = rights.group(name, spec.region, spec.labels, opts)
    near = gateway(name, group, spec, "ExpressRoute", SKUS[spec.bandwidth_gbps])
    link = Link(name, spec, group, near)
    for at, location in enumerate(spec.locations):
        link.place(location, at)
    keys = dict(link.keys)
    if spec.vpn_fallback:
        keys["tunnel"] = tunnel.build(name, group, spec)
    return InterconnectOutputs(id=near.id, ports=link.ports, keys=keys)


def refuse(spec: InterconnectSpec) -> None:
    """Refuse what Azure does not have.

    Raises:
        ProblemsError: Bandwidth, bundling, MTU, number or ranges that ExpressRoute does not take, all at once.
    """
    found = []
    if spec.bandwidth_gbps not in SKUS:
        found.append(Problem("bandwidth_gbps", f"given {spec.bandwidth_gbps}", "10, 100 or 400 on Azure"))
    if spec.ports > 1:
        found.append(Problem("ports", f"given {spec.ports}", "1 on Azure: a port pair has two already"))
    if spec.mtu > 1500:
        found.append(Problem("mtu", f"given {spec.mtu}", "1500 on Azure"))
    if spec.peer_asn in MICROSOFTS:
        found.append(
            Problem("peer_asn", f"given {spec.peer_asn}", "a number that Azure does not keep for itself")
        )
    for cidr in spec.peer_cidrs:
        if IPv4Network(cidr).overlaps(BORDER):
            text = f"{cidr} overlaps {BORDER}, where the BGP sessions are"
            found.append(Problem("peer_cidrs", text, "ranges that do not overlap"))
    if found:
        raise ProblemsError("Interconnect can't be built on Azure", found)
