"""Direct Connect: ports of our own or a carrier's in several places, two gateways, a tunnel for the day all fail."""

import operator
from collections.abc import Sequence

import pulumi
from pulumi_aws import directconnect, ec2, ec2transitgateway

from components.amazon import needed
from components.interconnect.aws import door, ports, tunnel
from components.interconnect.aws.places import HOSTED, Place
from components.interconnect.shape import InterconnectOutputs, InterconnectSpec
from infra.problems import Problem, ProblemsError

MTU = (1500, 8500)
"""What a transit virtual interface carries (Direct Connect guide)."""

CARRIED = (1, 10)
"""Gbit/s that carriers sell, of those that the shape allows; it is they who set it, and sell 50 Mbit/s to 25 Gbit/s
(Direct Connect API, AllocateHostedConnection)."""

MOST, BUNDLED = 4, {100: 2, 400: 2}
"""Ports of one bundle, and fewer of the fast ones (Direct Connect guide, link aggregation groups)."""

PRIVATE_ASNS = (range(64512, 65535), range(4_200_000_000, 4_294_967_295))
"""Numbers that AWS takes for its own side (RFC 6996)."""


def build(name: str, spec: InterconnectSpec, opts: pulumi.ResourceOptions) -> InterconnectOutputs:
    """Make ports, gateways, BGP sessions and the tunnel.

    The transit gateway prefers Direct Connect over a tunnel for the same range, so the tunnel carries traffic only
    when no port does.

    Raises:
        ProblemsError: The network is missing, or AWS does not have what is asked for.
    """
    needed("Interconnect", name, network=spec.network)
    refuse(spec)
    gateway = directconnect.Gateway(name, name=_title(name), amazon_side_asn=str(spec.asn), opts=opts)
    router = _router(name, spec, opts)
    joined = directconnect.GatewayAssociation(
        name,
        dx_gateway_id=gateway.id,
        associated_gateway_id=router.id,
        allowed_prefixes=[spec.network["cidr"]],
        opts=pulumi.ResourceOptions(parent=gateway),
    )
    attached = _attach(name, spec, router)
    made = ports.Ports(name, spec, gateway, opts)
    made.build()
    _routes(name, spec, router, [attached, joined])
    return InterconnectOutputs(
        id=gateway.id,
        ports=made.ids,
        keys=made.keys,
        sessions=made.sessions,
        tunnels=tunnel.build(name, spec, router) if spec.vpn_fallback else {},
        door=door.build(name, spec, opts) if spec.door else None,
    )


def refuse(spec: InterconnectSpec) -> None:
    """Refuse what AWS does not have.

    Raises:
        ProblemsError: Places, MTU, ASN, MACsec or bundling that Direct Connect does not take, all at once.
    """
    found = []
    if not spec.in_service:
        found.append(Problem("in_service", "given false", "true on AWS: an update waits for people"))
    if spec.mtu not in MTU:
        found.append(Problem("mtu", f"given {spec.mtu}", "1500 or 8500 on AWS, the same at the far end"))
    if not any(spec.asn in private and spec.asn + 1 in private for private in PRIVATE_ASNS):
        found.append(
            Problem("asn", f"given {spec.asn}", "64512 to 65533, or 4200000000 to 4294967293 on AWS")
        )
    places = [Place.of(location) for location in spec.locations]
    found += _carried(spec, places) if any(place.hosted for place in places) else _own(spec)
    fix = f"the carrier's connection, {HOSTED}…: an update can't give an interface of others back"
    found += [
        Problem("locations", f"given {place.code}", fix)
        for place in places
        if place.code.startswith("dxvif-")
    ]
    if found:
        raise ProblemsError("Interconnect can't be built on AWS", found)


def _own(spec: InterconnectSpec) -> list[Problem]:
    """Find what a port of our own, or a bundle of them, does not have (Direct Connect guide, LAGs)."""
    found, most = [], BUNDLED.get(spec.bandwidth_gbps, MOST)
    if spec.macsec and spec.bandwidth_gbps < 10:
        found.append(Problem("bandwidth_gbps", f"given {spec.bandwidth_gbps} with macsec", "10, 100 or 400"))
    if spec.ports > most:
        text = f"given {spec.ports} of {spec.bandwidth_gbps} Gbit/s"
        found.append(Problem("ports", text, f"at most {most} in one bundle"))
    if spec.macsec and spec.ports > 1:
        # both must ask for it at the same time, and the provider's bundle cannot (its threads #36693, #47663)
        fix = "1: the provider asks for MACsec on ports alone; for more, a faster port or maximum"
        found.append(Problem("ports", f"given {spec.ports} with macsec", fix))
    return found


def _carried(spec: InterconnectSpec, places: Sequence[Place]) -> list[Problem]:
    """Find what a carrier's connection, which is one part of its port and takes one interface, does not have."""
    found = []
    if not all(place.hosted for place in places):
        found.append(Problem("locations", "given own ports and a carrier's together", "one kind a link"))
    if spec.devices > 1:
        text = "given maximum by a carrier, whose connections have one device each"
        found.append(Problem("resiliency", text, "high: two connections in two places"))
    if spec.ports > 1:
        found.append(
            Problem("ports", f"given {spec.ports} by a carrier", "1: its port is not ours to bundle")
        )
    if spec.macsec:
        found.append(Problem("macsec", "given true by a carrier", "false: the ports are the carrier's"))
    if spec.bandwidth_gbps not in CARRIED:
        allowed = f"{', '.join(map(str, CARRIED))} by a carrier on AWS"
        found.append(Problem("bandwidth_gbps", f"given {spec.bandwidth_gbps}", allowed))
    return found


def _router(
    name: str, spec: InterconnectSpec, opts: pulumi.ResourceOptions
) -> ec2transitgateway.TransitGateway:
    return ec2transitgateway.TransitGateway(
        name,
        description=_title(name),
        # Direct Connect and transit gateway need numbers of their own
        amazon_side_asn=spec.asn + 1,
        auto_accept_shared_attachments="disable",
        default_route_table_association="enable",
        default_route_table_propagation="enable",
        dns_support="enable",
        vpn_ecmp_support="enable",
        tags={**spec.labels, "Name": _title(name)},
        opts=opts,
    )


def _attach(
    name: str, spec: InterconnectSpec, router: ec2transitgateway.TransitGateway
) -> ec2transitgateway.VpcAttachment:
    zones = pulumi.Output.from_input(spec.network["subnets"])
    return ec2transitgateway.VpcAttachment(
        name,
        transit_gateway_id=router.id,
        vpc_id=spec.network["id"],
        subnet_ids=zones.apply(lambda found: list(found.values())),
        tags=spec.labels,
        opts=pulumi.ResourceOptions(parent=router),
    )


def _routes(
    name: str,
    spec: InterconnectSpec,
    router: ec2transitgateway.TransitGateway,
    after: list[pulumi.Resource],
) -> None:
    """Route the far end's ranges from every zone; which zones there are is known before anything is made."""
    tables: pulumi.Output[dict[str, str]] = pulumi.Output.from_input(spec.network["routes"])
    for zone in spec.zones:
        table = tables.apply(operator.itemgetter(zone))
        for cidr in spec.peer_cidrs:
            ec2.Route(
                f"{name}-{zone}-{cidr.replace('/', '-')}",
                route_table_id=table,
                destination_cidr_block=cidr,
                transit_gateway_id=router.id,
                opts=pulumi.ResourceOptions(parent=router, depends_on=after),
            )


def _title(name: str) -> str:
    return f"{pulumi.get_stack()}-{name}"
