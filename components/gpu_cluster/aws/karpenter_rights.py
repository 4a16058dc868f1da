"""What Karpenter may do in an AWS account: start and end machines that carry its cluster's tag, and nothing else."""

from typing import Any

import pulumi

from components.amazon import Statement, allow, partition

DESCRIBE = (
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeCapacityReservations",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribePlacementGroups",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSpotPriceHistory",
    "ec2:DescribeSubnets",
)
USED = ("capacity-reservation", "image", "placement-group", "security-group", "snapshot", "subnet")
MADE = ("fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume")
LAUNCH = ("ec2:CreateFleet", "ec2:RunInstances")
DISK_KEY = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


def statements(
    region: str,
    cluster: pulumi.Output[str],
    *,
    arn: pulumi.Output[str],
    queue: pulumi.Output[str],
    node_role: pulumi.Output[str],
    profile: pulumi.Output[str],
    key: Any,
) -> list[Statement]:
    """Write the rights of one cluster's Karpenter.

    Args:
        region: The region.
        cluster: The cluster's name, which is in the tag of everything it makes.
        arn: The cluster's ARN.
        queue: The ARN of the queue of interruption notices.
        node_role: The ARN of the role that nodes act as.
        profile: The ARN of the instance profile that carries it.
        key: The ARN of the key of the nodes' disks and of the queue.
    """
    ec2 = f"arn:{partition(region)}:ec2:{region}:*"
    tag = pulumi.Output.concat("kubernetes.io/cluster/", cluster)
    own, making = _tagged("aws:ResourceTag/", tag), _tagged("aws:RequestTag/", tag)
    used = [
        f"arn:{partition(region)}:ec2:{region}::{kind}/*"
        if kind in {"image", "snapshot"}
        else f"{ec2}:{kind}/*"
        for kind in USED
    ]
    made = [f"{ec2}:{kind}/*" for kind in MADE]
    through, from_queue = (
        {"StringEquals": {"kms:ViaService": f"{service}.{region}.amazonaws.com"}}
        for service in ("ec2", "sqs")
    )
    to_ec2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    on_create = {
        "StringEquals": {"ec2:CreateAction": ["CreateFleet", "CreateLaunchTemplate", "RunInstances"]}
    }
    spot = "spot.amazonaws.com"
    spot_role = f"arn:{partition(region)}:iam::*:role/aws-service-role/{spot}/AWSServiceRoleForEC2Spot"
    images = f"arn:{partition(region)}:ssm:{region}::parameter/aws/service/*"
    return [
        allow("Look", DESCRIBE, "*", Condition={"StringEquals": {"aws:RequestedRegion": region}}),
        allow("Use", LAUNCH, used),
        allow("UseTemplates", LAUNCH, f"{ec2}:launch-template/*", Condition=own),
        allow("Make", (*LAUNCH, "ec2:CreateLaunchTemplate"), made, Condition=making),
        allow("TagNew", ["ec2:CreateTags"], made, Condition=on_create),
        allow("Tag", ["ec2:CreateTags"], f"{ec2}:instance/*", Condition=own),
        allow("End", ["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"], made, Condition=own),
        allow("Images", ["ssm:GetParameter"], images),
        allow("Prices", ["pricing:GetProducts"], "*"),
        allow("Notices", ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"], queue),
        allow("NoticesKey", ["kms:Decrypt"], key, Condition=from_queue),
        allow("NodeRole", ["iam:PassRole"], node_role, Condition=to_ec2),
        allow("Profile", ["iam:GetInstanceProfile"], profile),
        # Karpenter looks for profiles that it made and left behind; there are none
        allow("Profiles", ["iam:ListInstanceProfiles"], "*"),
        # an account's first spot machine brings the role by which EC2 starts them all
        allow(
            "Spot",
            ["iam:CreateServiceLinkedRole"],
            spot_role,
            Condition={"StringEquals": {"iam:AWSServiceName": spot}},
        ),
        allow("Cluster", ["eks:DescribeCluster"], arn),
        allow("DiskKey", DISK_KEY, key, Condition=through),
    ]


def _tagged(kind: str, tag: pulumi.Output[str]) -> pulumi.Output[dict[str, Any]]:
    return tag.apply(lambda name: {"StringEquals": {f"{kind}{name}": "owned"}})
