"""A VPC over three zones: private subnets, ways out, endpoints of AWS's own services, flow logs."""

import pulumi
from pulumi_aws import ec2

from components.amazon import needed
from components.network.aws import endpoints, flows, ways_out
from components.network.aws.subnets import Subnets
from components.network.ranges import plan
from components.network.shape import NetworkOutputs, NetworkSpec
from components.network.zones import named
from components.parts import held


def build(name: str, spec: NetworkSpec, opts: pulumi.ResourceOptions) -> NetworkOutputs:
    """Make the network.

    Raises:
        ProblemsError: Region, account or log key is missing; a zone is not in the region; the range is too small.
        CatalogError: The fact table does not list the region's zones, and none were given.
    """
    needed("Network", name, region=spec.region, account=spec.account, log_key=spec.log_key)
    zones = zones_of(spec)
    ranges = plan(spec.cidr, zones, spec.fabric_pools)
    vpc = ec2.Vpc(
        name,
        cidr_block=str(spec.cidr),
        enable_dns_hostnames=True,
        enable_dns_support=True,
        tags={**spec.labels, "Name": f"{pulumi.get_stack()}-{name}"},
        opts=opts,
    )
    # the group that EC2 falls back to lets nothing in or out
    ec2.DefaultSecurityGroup(name, vpc_id=vpc.id, tags=spec.labels, opts=pulumi.ResourceOptions(parent=vpc))
    subnets = Subnets(name, vpc, spec)
    private = {zone: subnets.private(zone, block) for zone, block in ranges.private.items()}
    fabric = {
        pool: subnets.fabric(pool, spec.fabric_pools[pool] or zones[0], block)
        for pool, block in ranges.fabric.items()
    }
    tables, exits = ways_out.routes(subnets, ranges.public, zones)
    # whoever is put into a subnet comes after its ways and doors, and is gone before they are
    ways = [
        *exits,
        *subnets.associate(tables, private, fabric),
        *endpoints.make(subnets, tables, private),
    ]
    flows.log(name, vpc, spec)
    return NetworkOutputs(
        id=vpc.id,
        cidr=str(spec.cidr),
        zones=zones,
        subnets={zone: held(subnet.id, ways) for zone, subnet in private.items()},
        fabric_subnets={pool: held(subnet.id, ways) for pool, subnet in fabric.items()},
        routes={zone: table.id for zone, table in tables.items()},
    )


def zones_of(spec: NetworkSpec) -> tuple[str, ...]:
    """Give the zones: those of the settings, else the first three of the fact table. Nothing is looked up.

    Raises:
        ProblemsError: A given zone is not one of the region, or there are more than three.
        CatalogError: No source lists the region's zones.
    """
    return named(spec, "AWS", lambda zone: zone[:-1])
