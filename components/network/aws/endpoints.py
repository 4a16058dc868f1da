"""AWS's own services, reached without leaving the network."""

from collections.abc import Mapping

import pulumi
from pulumi_aws import ec2, vpc

from components.network.aws.subnets import Subnets

INTERFACE = (
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "fsx",
    "kms",
    "logs",
    "sqs",
    "ssm",
    "sts",
)
"""What nodes and pods call: machines, images, the cluster, Pod Identity, Lustre, keys, logs, notices, tokens."""


def make(
    subnets: Subnets, tables: Mapping[str, ec2.RouteTable], private: Mapping[str, ec2.Subnet]
) -> list[pulumi.CustomResource]:
    """Make the S3 gateway and one interface endpoint a service, for callers of this network alone."""
    region = subnets.spec.region
    store = ec2.VpcEndpoint(
        f"{subnets.name}-s3",
        vpc_id=subnets.vpc.id,
        service_name=f"com.amazonaws.{region}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.id for table in tables.values()],
        tags=subnets.tags(f"{subnets.name}-s3"),
        opts=subnets.opts,
    )
    group, rule = _group(subnets)
    doors = [_door(subnets, service, private, group) for service in INTERFACE]
    return [store, rule, *doors]


def _door(
    subnets: Subnets, service: str, private: Mapping[str, ec2.Subnet], group: ec2.SecurityGroup
) -> ec2.VpcEndpoint:
    label = f"{subnets.name}-{service.replace('.', '-')}"
    return ec2.VpcEndpoint(
        label,
        vpc_id=subnets.vpc.id,
        service_name=f"com.amazonaws.{subnets.spec.region}.{service}",
        vpc_endpoint_type="Interface",
        private_dns_enabled=True,
        subnet_ids=[subnet.id for subnet in private.values()],
        security_group_ids=[group.id],
        tags=subnets.tags(label),
        opts=subnets.opts,
    )


def _group(subnets: Subnets) -> tuple[ec2.SecurityGroup, vpc.SecurityGroupIngressRule]:
    label = f"{subnets.name}-endpoints"
    group = ec2.SecurityGroup(
        label,
        vpc_id=subnets.vpc.id,
        description="Calls to AWS services from within the network",
        tags=subnets.tags(label),
        opts=subnets.opts,
    )
    rule = vpc.SecurityGroupIngressRule(
        f"{label}-https",
        security_group_id=group.id,
        description="HTTPS from the network",
        cidr_ipv4=str(subnets.spec.cidr),
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        tags=subnets.spec.labels,
        opts=pulumi.ResourceOptions(parent=group),
    )
    return group, rule
