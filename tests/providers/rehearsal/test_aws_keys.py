"""Clusters of EKS and the policies of their keys."""

import json
from collections.abc import Callable
from typing import Any

import grpc
import pytest

from .conftest import Rig

KEY, CLUSTER = "aws:kms/key:Key", "aws:eks/cluster:Cluster"
ACCOUNT = {"StringEquals": {"kms:CallerAccount": "123456789012"}}
FOR_AWS = {"Bool": {"kms:GrantIsForAWSResource": "true"}}

Serve = Callable[..., Rig]


@pytest.mark.never_again
@pytest.mark.parametrize(
    ("policy", "works"),
    [
        (None, True),
        ({"Action": ["kms:CreateGrant"], "Condition": ACCOUNT}, True),
        ({"Action": "kms:*"}, True),
        ({"Action": ["kms:CreateGrant"], "Condition": ACCOUNT | FOR_AWS}, False),
        ({"Action": ["kms:Decrypt"]}, False),
    ],
)
def test_a_cluster_needs_a_key_that_can_be_granted_to_eks(
    rig: Serve, policy: dict[str, Any] | None, *, works: bool
) -> None:
    """EKS guide, encrypt secrets with KMS: kms:GrantIsForAWSResource is not supported for CreateCluster."""
    aws = rig("aws")
    aws.configure(region="eu-west-1")
    root = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [root | policy]}) if policy else None
    _, key = aws.create(KEY, {"policy": text} if text else {})
    wanted = {
        "name": "it",
        "roleArn": "arn:aws:iam::123456789012:role/it",
        "vpcConfig": {"subnetIds": []},
        "encryptionConfig": {"provider": {"keyArn": key["arn"]}, "resources": ["secrets"]},
    }
    if works:
        aws.create_unchecked(CLUSTER, wanted)
        return
    with pytest.raises(grpc.RpcError, match="User not authorized to perform kms:CreateGrant"):
        aws.create_unchecked(CLUSTER, wanted)
