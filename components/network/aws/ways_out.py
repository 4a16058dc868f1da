"""Route tables of the private subnets, with a NAT gateway a zone, one for all, or none."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

import pulumi
from pulumi_aws import ec2

from components.network.aws.subnets import Subnets

EVERYWHERE = "0.0.0.0/0"


def routes(
    subnets: Subnets, public: Mapping[str, IPv4Network], zones: Sequence[str]
) -> tuple[dict[str, ec2.RouteTable], list[ec2.Route]]:
    """Give a route table a zone, and the routes out. Public subnets are there for NAT alone, never for a machine."""
    name = subnets.name
    tables = {zone: subnets.table(f"{name}-private-{zone}") for zone in zones}
    if subnets.spec.nat == "none":
        return tables, []
    exits = _gateways(subnets, public, zones if subnets.spec.nat == "per-zone" else zones[:1])
    out = [
        ec2.Route(
            f"{name}-out-{zone}",
            route_table_id=table.id,
            destination_cidr_block=EVERYWHERE,
            nat_gateway_id=exits.get(zone, exits[zones[0]]).id,
            opts=pulumi.ResourceOptions(parent=table),
        )
        for zone, table in tables.items()
    ]
    return tables, out


def _gateways(
    subnets: Subnets, public: Mapping[str, IPv4Network], zones: Sequence[str]
) -> dict[str, ec2.NatGateway]:
    name = subnets.name
    internet = ec2.InternetGateway(
        name, vpc_id=subnets.vpc.id, tags=subnets.tags(f"{name}-internet"), opts=subnets.opts
    )
    table = subnets.table(f"{name}-public")
    out = ec2.Route(
        f"{name}-public",
        route_table_id=table.id,
        destination_cidr_block=EVERYWHERE,
        gateway_id=internet.id,
        opts=pulumi.ResourceOptions(parent=table),
    )
    return {zone: _gateway(subnets, zone, public[zone], table, out) for zone in zones}


def _gateway(
    subnets: Subnets, zone: str, block: IPv4Network, table: ec2.RouteTable, out: ec2.Route
) -> ec2.NatGateway:
    label = f"{subnets.name}-public-{zone}"
    subnet = subnets.subnet(label, zone, block)
    subnets.join(label, subnet, table)
    own = pulumi.ResourceOptions(parent=subnet, depends_on=[out])
    address = ec2.Eip(label, domain="vpc", tags=subnets.tags(label), opts=own)
    return ec2.NatGateway(
        label, allocation_id=address.id, subnet_id=subnet.id, tags=subnets.tags(label), opts=own
    )
