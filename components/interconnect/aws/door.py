"""A door to S3 for the far end: an address inside the network, since S3's gateway endpoint serves the network alone."""

import pulumi
from pulumi_aws import ec2, vpc

from components.interconnect.shape import InterconnectSpec


def build(name: str, spec: InterconnectSpec, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Make an interface endpoint of S3 that the far end's ranges may call, and give its address.

    Buckets are called by path below it (S3 user guide, "Accessing buckets from S3 interface endpoints").
    """
    label = f"{name}-door"
    tags = {**spec.labels, "Name": f"{pulumi.get_stack()}-{label}"}
    zones = pulumi.Output.from_input(spec.network["subnets"])
    made = ec2.VpcEndpoint(
        label,
        vpc_id=spec.network["id"],
        service_name=f"com.amazonaws.{spec.region}.s3",
        vpc_endpoint_type="Interface",
        # the network's own callers keep its gateway endpoint, which costs nothing
        private_dns_enabled=False,
        subnet_ids=zones.apply(lambda found: list(found.values())),
        security_group_ids=[_group(label, spec, tags, opts).id],
        tags=tags,
        opts=opts,
    )
    return pulumi.Output.from_input(made.dns_entries).apply(lambda entries: address(entries[0]["dns_name"]))


def address(name: str) -> str:
    """Give the address of buckets below an endpoint's name, `*.vpce-….s3.REGION.vpce.amazonaws.com`."""
    return f"https://bucket.{name.removeprefix('*.')}"


def _group(
    label: str, spec: InterconnectSpec, tags: dict[str, str], opts: pulumi.ResourceOptions
) -> ec2.SecurityGroup:
    group = ec2.SecurityGroup(
        label,
        vpc_id=spec.network["id"],
        description="Calls to S3 from the far end of the link",
        tags=tags,
        opts=opts,
    )
    for cidr in spec.peer_cidrs:
        vpc.SecurityGroupIngressRule(
            f"{label}-{cidr.replace('/', '-')}",
            security_group_id=group.id,
            description="HTTPS from the far end",
            cidr_ipv4=cidr,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            tags=spec.labels,
            opts=pulumi.ResourceOptions(parent=group),
        )
    return group
