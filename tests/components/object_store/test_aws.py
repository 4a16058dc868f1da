"""Buckets on S3: what their policies refuse, how long objects stay, where copies may lie."""

import asyncio
import json
from typing import Any

import pulumi
import pytest

from components.object_store.aws import replica, rules
from components.object_store.shape import parse
from infra.problems import ProblemsError

KEY = "arn:aws:kms:eu-north-1:123456789012:key/k"


def spec(**more: Any) -> Any:
    """Give a checked store in Sweden."""
    args = {"platform": "aws", "region": "eu-north-1", "account": "123456789012", "data_class": "text"}
    return parse({**args, "key": KEY, **more})


async def statements(policy: pulumi.Output[str]) -> dict[str, Any]:
    """Give a policy's statements by name."""
    text = await policy.future()
    assert text
    return {one["Sid"]: one for one in json.loads(text)["Statement"]}


def policy(key: str | None) -> dict[str, Any]:
    """Give the statements of a bucket's policy."""

    async def written() -> dict[str, Any]:
        return await statements(rules.bucket_policy("eu-north-1", pulumi.Output.from_input("data"), key))

    return asyncio.run(written())


def test_a_bucket_only_ever_refuses() -> None:
    """Its policy opens nothing: rights come from roles; what it refuses, it refuses everybody."""
    found = policy(KEY)
    assert {one["Effect"] for one in found.values()} == {"Deny"}
    assert {json.dumps(one["Principal"]) for one in found.values()} == {'{"AWS": "*"}'}


def test_plain_connections_and_foreign_keys_are_refused() -> None:
    """No TLS, old TLS, another cipher and another key are four statements; a request that says nothing takes ours."""
    found = policy(KEY)
    assert found["TlsOnly"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert found["Tls12"]["Condition"] == {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    assert set(policy(None)) == {"TlsOnly", "Tls12"}
    assert set(found) == {"TlsOnly", "Tls12", "KmsOnly", "OurKeyOnly", "KeyNamed"}


HEADER = "x-amz-server-side-encryption"
NAMED = f"{HEADER}-aws-kms-key-id"


def holds(operator: str, wanted: str, given: str | None) -> bool:
    """Evaluate one condition as IAM does: a negation holds for an absent key (IAM guide, condition operators)."""
    if operator == "Null":
        return (given is None) == (wanted == "true")
    bare = operator.removesuffix("IfExists")
    if given is None and operator != bare:
        return True
    return (given == wanted) == (bare == "StringEquals")


@pytest.mark.never_again
@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        ({}, None),
        ({HEADER: "aws:kms", NAMED: KEY}, None),
        ({HEADER: "AES256"}, "KmsOnly"),
        ({HEADER: "aws:kms", NAMED: f"{KEY}-another"}, "OurKeyOnly"),
        ({HEADER: "aws:kms"}, "KeyNamed"),
    ],
)
def test_who_leaves_the_key_to_the_bucket_may_write(sent: dict[str, str], refused: str | None) -> None:
    """Trainers and FSx send no header and take the bucket's key; IfExists beside a negation refused each of them."""
    about = {sid: one["Condition"] for sid, one in policy(KEY).items() if one["Action"] == ["s3:PutObject"]}
    found = [
        sid
        for sid, condition in about.items()
        if all(
            holds(operator, wanted, sent.get(name.removeprefix("s3:")))
            for operator, keys in condition.items()
            for name, wanted in keys.items()
        )
    ]
    assert found == ([refused] if refused else [])


def test_logs_come_from_one_bucket_of_one_account() -> None:
    """S3's own service may write, for the bucket that is logged, and nobody else."""

    async def written() -> dict[str, Any]:
        names = [pulumi.Output.from_input(name) for name in ("logs", "data")]
        return await statements(rules.log_policy("cn-north-1", "123456789012", *names))

    deliver = asyncio.run(written())["Deliver"]
    assert deliver["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert deliver["Condition"]["ArnEquals"] == {"aws:SourceArn": "arn:aws-cn:s3:::data"}
    assert deliver["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}


def test_lifecycle_is_what_the_settings_say() -> None:
    """Broken uploads always go; a rule a setting, and none of its own."""
    assert [one["id"] for one in rules.lifecycle(spec())] == ["broken-uploads"]
    found = rules.lifecycle(spec(noncurrent_versions=3, archive_days=180, expire_days=400))
    by_id = {one["id"]: one for one in found}
    # S3 counts versions only together with an age
    older = {"noncurrent_days": 1, "newer_noncurrent_versions": 3}
    assert by_id["older-versions"]["noncurrent_version_expiration"] == older
    assert by_id["archive"]["transitions"] == [{"days": 180, "storage_class": "GLACIER_IR"}]
    assert by_id["expire"]["expiration"] == {"days": 400}


@pytest.mark.parametrize(
    ("name", "more", "where"),
    [
        ("a" * 44, {}, "name"),
        ("a" * 32, {"replica_region": "eu-central-1", "replica_key": "k"}, "name"),
        ("data", {"lock_days": 30, "versioning": False}, "versioning"),
        ("data", {"archive_days": 90, "expire_days": 90}, "expire_days"),
        ("data", {"noncurrent_versions": 101}, "noncurrent_versions"),
    ],
)
def test_what_s3_does_not_have_is_refused(name: str, more: dict[str, Any], where: str) -> None:
    """Names of the buckets that come with it, locks, ends and counts: each told before anything is made."""
    with pytest.raises(ProblemsError) as caught:
        rules.refuse(name, spec(**more))
    assert [problem.where for problem in caught.value.problems] == [where]


def test_what_s3_has_passes() -> None:
    """The longest name, a lock over versions, an end after the tier."""
    rules.refuse("a" * 43, spec(lock_days=30, archive_days=90, expire_days=91, noncurrent_versions=100))
    rules.refuse("a" * 30, spec(replica_region="eu-central-1", replica_key="k"))


def test_a_copy_stays_in_the_jurisdiction_and_needs_versions() -> None:
    """Two mistakes of one error; Frankfurt is right for data of the EU."""
    wrong = {"replica_region": "us-east-1", "replica_key": "k", "jurisdictions": ["eu"], "versioning": False}
    with pytest.raises(ProblemsError) as caught:
        replica.refuse(spec(**wrong))
    assert [problem.where for problem in caught.value.problems] == ["replica_region", "versioning"]
    right = {"replica_region": "eu-central-1", "replica_key": "k", "jurisdictions": ["eu"]}
    assert replica.refuse(spec(**right)) == "eu-central-1"
