"""Machines of EKS and what their role lets them do."""

import json
from collections.abc import Callable

import grpc
import pytest

from .conftest import Rig

ROLE, GROUP = "aws:iam/role:Role", "aws:eks/nodeGroup:NodeGroup"
ATTACHED, OWN = "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/rolePolicy:RolePolicy"
TRUST = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
})  # fmt: skip
SEEN = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["ec2:DescribeInstances"], "Resource": "*"}],
})  # fmt: skip

Serve = Callable[..., Rig]


def managed(name: str) -> tuple[str, dict[str, str]]:
    """Attach a policy of AWS's."""
    return ATTACHED, {"policyArn": f"arn:aws:iam::aws:policy/{name}"}


@pytest.mark.never_again
@pytest.mark.parametrize(
    ("right", "image", "works"),
    [
        (managed("AmazonEKSWorkerNodePolicy"), "AL2023_x86_64_NVIDIA", True),
        ((OWN, {"policy": SEEN}), "AL2023_x86_64_STANDARD", True),
        (managed("AmazonEKSWorkerNodeMinimalPolicy"), "BOTTLEROCKET_x86_64", True),
        (managed("AmazonEKSWorkerNodeMinimalPolicy"), "AL2023_x86_64_NVIDIA", False),
    ],
)
def test_a_machine_sees_itself_before_it_joins(
    rig: Serve, right: tuple[str, dict[str, str]], image: str, *, works: bool
) -> None:
    """amazon-eks-ami, nodeadm: ec2:DescribeInstances comes first, and the minimal policy of Auto Mode has it not."""
    aws = rig("aws")
    aws.configure(region="eu-west-1")
    name, role = aws.create(ROLE, {"name": "nodes", "assumeRolePolicy": TRUST})
    token, inputs = right
    aws.create(token, {"role": name, **inputs})
    wanted = {"clusterName": "it", "nodeGroupName": "it", "nodeRoleArn": role["arn"], "amiType": image}
    sizes = {"subnetIds": [], "scalingConfig": {"minSize": 0, "desiredSize": 1, "maxSize": 1}}
    if works:
        aws.create_unchecked(GROUP, wanted | sizes)
        return
    with pytest.raises(grpc.RpcError, match=r"NodeCreationFailure.*ec2:DescribeInstances as nodes"):
        aws.create_unchecked(GROUP, wanted | sizes)
