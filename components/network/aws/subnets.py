"""Subnets of a VPC, each with its name, its tags and its route table."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
from pulumi_aws import ec2

from components.network.shape import NetworkSpec

INTERNAL = {"kubernetes.io/role/internal-elb": "1"}
"""By this tag load balancers of the cluster find the subnets that are theirs."""


@dataclass(frozen=True)
class Subnets:
    """Makes the parts of one VPC that hang on zones."""

    name: str
    """The network's name."""
    vpc: ec2.Vpc
    """The VPC."""
    spec: NetworkSpec
    """The network's settings."""

    @property
    def opts(self) -> pulumi.ResourceOptions:
        """The options of a child of the VPC."""
        return pulumi.ResourceOptions(parent=self.vpc)

    def tags(self, name: str) -> dict[str, str]:
        """Give the tags of a part."""
        return {**self.spec.labels, "Name": f"{pulumi.get_stack()}-{name}"}

    def private(self, zone: str, block: IPv4Network) -> ec2.Subnet:
        """Make a zone's private subnet."""
        return self.subnet(f"{self.name}-private-{zone}", zone, block, INTERNAL)

    def fabric(self, pool: str, zone: str, block: IPv4Network) -> ec2.Subnet:
        """Make the one subnet of a pool with a fabric: EFA is not routed between subnets."""
        return self.subnet(f"{self.name}-fabric-{pool}", zone, block)

    def subnet(
        self, name: str, zone: str, block: IPv4Network, more: Mapping[str, str] | None = None
    ) -> ec2.Subnet:
        """Make a subnet whose machines get no public address."""
        return ec2.Subnet(
            name,
            vpc_id=self.vpc.id,
            availability_zone=zone,
            cidr_block=str(block),
            map_public_ip_on_launch=False,
            tags={**self.tags(name), **(more or {})},
            opts=self.opts,
        )

    def table(self, name: str) -> ec2.RouteTable:
        """Make an empty route table; every route is a resource of its own."""
        return ec2.RouteTable(name, vpc_id=self.vpc.id, tags=self.tags(name), opts=self.opts)

    def join(self, name: str, subnet: ec2.Subnet, table: ec2.RouteTable) -> ec2.RouteTableAssociation:
        """Route a subnet by a table."""
        return ec2.RouteTableAssociation(
            name, subnet_id=subnet.id, route_table_id=table.id, opts=pulumi.ResourceOptions(parent=subnet)
        )

    def associate(
        self,
        tables: Mapping[str, ec2.RouteTable],
        private: Mapping[str, ec2.Subnet],
        fabric: Mapping[str, ec2.Subnet],
    ) -> list[ec2.RouteTableAssociation]:
        """Route private subnets by their zone's table, and those of fabrics likewise."""
        by_pool = {pool: tables[self.spec.fabric_pools[pool] or next(iter(tables))] for pool in fabric}
        return [
            *(self.join(f"{self.name}-private-{zone}", one, tables[zone]) for zone, one in private.items()),
            *(self.join(f"{self.name}-fabric-{pool}", one, by_pool[pool]) for pool, one in fabric.items()),
        ]
