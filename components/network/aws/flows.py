"""Flow logs of a VPC: who talked to whom, encrypted with our key."""

import pulumi
from pulumi_aws import cloudwatch, ec2, iam

from components.amazon import allow, document, kept, trust
from components.network.shape import NetworkSpec

WRITE = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
"""What delivery takes (VPC guide, publish flow logs to CloudWatch Logs), without making groups: ours is there."""


def log(name: str, vpc: ec2.Vpc, spec: NetworkSpec) -> None:
    """Log accepted and refused flows for at least as long as the settings say."""
    own = pulumi.ResourceOptions(parent=vpc)
    group = cloudwatch.LogGroup(
        f"{name}-flows",
        name=f"/causeway/{pulumi.get_stack()}/{name}/flows",
        retention_in_days=kept(spec.flow_log_days),
        kms_key_id=spec.log_key,
        tags=spec.labels,
        opts=own,
    )
    ours = {"StringEquals": {"aws:SourceAccount": spec.account}}
    role = iam.Role(
        f"{name}-flows",
        assume_role_policy=trust("vpc-flow-logs.amazonaws.com", Condition=ours),
        tags=spec.labels,
        opts=own,
    )
    rights = iam.RolePolicy(
        f"{name}-flows",
        role=role.name,
        policy=document(
            allow("Write", WRITE, pulumi.Output.concat(group.arn, ":*")),
            # it looks at names alone, and IAM knows it for all groups or none
            allow("Find", ["logs:DescribeLogGroups"], "*"),
        ),
        opts=pulumi.ResourceOptions(parent=role),
    )
    ec2.FlowLog(
        f"{name}-flows",
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        max_aggregation_interval=60,
        tags=spec.labels,
        opts=pulumi.ResourceOptions(parent=vpc, depends_on=[rights]),
    )
