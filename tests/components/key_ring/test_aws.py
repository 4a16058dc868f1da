"""KMS keys: promises that KMS can't keep are refused by name."""

import asyncio
import json
from typing import Any

import pytest

from components.key_ring.aws import refuse
from components.key_ring.aws.policies import ADMINISTER, Writer
from components.key_ring.shape import parse
from infra.problems import ProblemsError


def spec(**more: Any) -> Any:
    """Give a checked key ring of one class."""
    args = {
        "platform": "aws",
        "account": "123456789012",
        "region": "eu-north-1",
        "rotation_days": {"pii": 90},
    }
    return parse({**args, **more})


def test_rotation_stays_within_what_kms_does() -> None:
    """Thirty days are a promise that KMS can't keep; ninety are fine."""
    with pytest.raises(ProblemsError, match=r"rotation_days\.pii: given 30; allowed: 90 to 2560"):
        refuse(spec(rotation_days={"pii": 30}))
    refuse(spec())


def test_replicas_stay_in_the_jurisdiction() -> None:
    """A key of EU data has no replica in Virginia, and may have one in Frankfurt."""
    with pytest.raises(ProblemsError, match="us-east-1 lies in us"):
        refuse(spec(jurisdictions={"pii": ["eu"]}, replica_regions={"pii": ["us-east-1"]}))
    refuse(spec(jurisdictions={"pii": ["eu"]}, replica_regions={"pii": ["eu-central-1"]}))


def test_rotation_on_demand_is_said_to_be_elsewhere() -> None:
    """A generation of two can't be had by a resource; the message names the command."""
    with pytest.raises(ProblemsError, match="rotate-key-on-demand"):
        refuse(spec(generation=2))


def test_no_statement_lets_everything() -> None:
    """Administrators read nothing, and whoever is not the account itself is held by a condition."""
    for text in asyncio.run(_policies()):
        for statement in json.loads(text)["Statement"]:
            assert not any("*" in action for action in statement["Action"])
            assert statement["Sid"] == "Administrators" or "Condition" in statement
    assert not {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"} & set(ADMINISTER)


async def _policies() -> list[str]:
    writer = Writer("123456789012", "eu-north-1")
    return [str(await policy.future()) for policy in (writer.data(), writer.logs(), writer.cluster())]


@pytest.mark.never_again
def test_who_makes_a_cluster_may_grant_its_key_to_eks() -> None:
    """EKS guide, encrypt secrets with KMS: CreateCluster fails where the key asks for kms:GrantIsForAWSResource."""
    text = asyncio.run(_policies())[2]
    grants = {
        one["Sid"]: one for one in json.loads(text)["Statement"] if one["Action"] == ["kms:CreateGrant"]
    }
    assert grants["Grants"]["Condition"] == {"StringEquals": {"kms:CallerAccount": "123456789012"}}
    # disks of machines are granted by AWS for itself alone
    assert grants["LaunchersGrants"]["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}
