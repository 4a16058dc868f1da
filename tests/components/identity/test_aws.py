"""Workload identity on AWS: one service account of one cluster, objects of one folder, the key through S3 alone."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from components.amazon import document
from components.identity.aws import rights, trust_from_afar, trust_of
from components.identity.shape import StoreRight, parse

REGION = "eu-north-1"
WRITES = {"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject"}


def read(make: Callable[[], Sequence[Any]]) -> dict[str, Any]:
    """Give statements by name, as IAM will read them."""

    async def written() -> str:
        text = await document(*make()).future()
        assert text
        return text

    return {one["Sid"]: one for one in json.loads(asyncio.run(written()))["Statement"]}


def given(access: str, prefix: str = "", key: str | None = "arn:key") -> dict[str, Any]:
    """Give the statements of a right on one store."""
    return read(lambda: rights("my-store", StoreRight("bucket", access, prefix, key), REGION))


def test_one_service_account_of_one_cluster_is_trusted() -> None:
    """Pod Identity alone, with the tags that EKS sets: another cluster, namespace or account is refused."""
    spec = parse(
        {
            "platform": "aws",
            "workload": "serve",
            "cluster": "prod",
            "region": REGION,
            "account": "123456789012",
        }
    )
    (statement,) = read(lambda: [trust_of(spec)]).values()
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {
        "aws:SourceAccount": "123456789012",
        "aws:RequestTag/eks-cluster-name": "prod",
        "aws:RequestTag/kubernetes-namespace": "serve",
        "aws:RequestTag/kubernetes-service-account": "serve",
    }


@pytest.mark.parametrize("access", ["read", "write"])
def test_who_reads_writes_nothing(access: str) -> None:
    """Reading has no action that changes; writing has all that an upload takes; neither has one on the bucket."""
    actions = set(given(access)["MyStoreObjects"]["Action"])
    assert actions & WRITES == (WRITES if access == "write" else set())
    assert not any("Bucket" in action or "*" in action for action in actions)


def test_a_folder_bounds_objects_and_listing() -> None:
    """Nothing beside the folder is read or even listed; without one, the whole bucket is."""
    found = given("write", "runs/a")
    assert found["MyStoreObjects"]["Resource"] == "arn:aws:s3:::bucket/runs/a/*"
    assert found["MyStoreList"]["Condition"] == {"StringLike": {"s3:prefix": ["runs/a", "runs/a/*"]}}
    assert given("read")["MyStoreObjects"]["Resource"] == "arn:aws:s3:::bucket/*"
    assert "Condition" not in given("read")["MyStoreList"]


def test_the_key_opens_through_s3_alone() -> None:
    """Who reads decrypts, who writes makes data keys too; never outside S3. A store without a key names none."""
    through = {"StringEquals": {"kms:ViaService": "s3.eu-north-1.amazonaws.com"}}
    assert given("read")["MyStoreKey"]["Action"] == ["kms:Decrypt"]
    assert given("write")["MyStoreKey"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert given("write")["MyStoreKey"]["Condition"] == through
    assert "MyStoreKey" not in given("read", key=None)


def test_one_service_account_of_a_far_cluster_is_trusted() -> None:
    """Its tokens are for STS alone; another namespace, or another issuer, is refused."""
    issuer = "https://tokens.hall-1.example.org"
    spec = parse(
        {
            "platform": "aws",
            "workload": "pretrain",
            "issuer": issuer,
            "region": REGION,
            "account": "123456789012",
        }
    )
    provider = "arn:aws:iam::123456789012:oidc-provider/tokens.hall-1.example.org"
    (statement,) = read(lambda: [trust_from_afar(spec, provider, issuer)]).values()
    assert statement["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert statement["Principal"] == {"Federated": provider}
    assert statement["Condition"]["StringEquals"] == {
        "tokens.hall-1.example.org:sub": "system:serviceaccount:pretrain:pretrain",
        "tokens.hall-1.example.org:aud": "sts.amazonaws.com",
    }
