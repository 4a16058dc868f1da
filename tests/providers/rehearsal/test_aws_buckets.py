"""Buckets of S3, and who writes into them: what each alone looks right and together does not work."""

import json
from typing import Any

import grpc
import pytest

from console.rehearse import proof

from .conftest import Rig, Stage

BUCKET, POLICY = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"
MIRROR = "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation"
COPY = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"


def policy(bucket: str, condition: dict[str, Any]) -> dict[str, str]:
    """Write a bucket's policy of one statement."""
    resource = f"arn:aws:s3:::{bucket}/*"
    one = {
        "Sid": "OurKeyOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:PutObject"],
        "Resource": resource,
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**one, "Condition": condition}]})
    return {"bucket": bucket, "policy": text}


@pytest.mark.never_again
@pytest.mark.parametrize("first", ["policy", "mirror"])
@pytest.mark.parametrize(
    ("condition", "works"),
    [
        ({"StringNotEqualsIfExists": {KEY: "ours"}}, False),
        ({"StringNotEquals": {KEY: "ours"}}, False),
        ({"StringNotEquals": {KEY: "ours"}, "Null": {KEY: "false"}}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, True),
    ],
)
def test_a_mirror_needs_a_bucket_that_lets_it_write(
    aws: Rig, condition: dict[str, Any], first: str, *, works: bool
) -> None:
    """A policy that asks each writer for a key shuts FSx out, whichever of the two comes first."""
    bucket, _ = aws.create(BUCKET, {"bucket": "corpus-it"})
    mirror = {"fileSystemId": "fs-it", "fileSystemPath": "/store", "dataRepositoryPath": f"s3://{bucket}"}
    pair = [(POLICY, policy(bucket, condition)), (MIRROR, mirror)]
    made, late = pair if first == "policy" else pair[::-1]
    aws.create_unchecked(*made)
    if works:
        aws.create_unchecked(*late)
        return
    with pytest.raises(grpc.RpcError, match=r"MISCONFIGURED: OurKeyOnly of the policy of corpus-it"):
        aws.create_unchecked(*late)


def test_a_policy_of_another_bucket_is_no_mirrors_business(aws: Rig) -> None:
    """Only the bucket that is mirrored counts."""
    for name in ("corpus-it", "other-it"):
        aws.create(BUCKET, {"bucket": name})
    aws.create_unchecked(POLICY, policy("other-it", {"StringNotEquals": {KEY: "ours"}}))
    aws.create_unchecked(MIRROR, {"fileSystemPath": "/store", "dataRepositoryPath": "s3://corpus-it/below"})


@pytest.mark.never_again
@pytest.mark.parametrize(
    ("source", "target", "works"), [(True, False, False), (True, True, True), (False, False, True)]
)
def test_locked_objects_are_copied_into_a_locked_bucket_alone(
    aws: Rig, *, source: bool, target: bool, works: bool
) -> None:
    """S3 guide, replication failure reasons: DstBucketObjectLockConfigMissing."""
    for name, lock in (("here-it", source), ("there-it", target)):
        aws.create(BUCKET, {"bucket": name, "objectLockEnabled": lock})
    rule = {"id": "it", "status": "Enabled", "destination": {"bucket": "arn:aws:s3:::there-it"}}
    wanted = {"bucket": "here-it", "role": "arn:aws:iam::123456789012:role/it", "rules": [rule]}
    if works:
        aws.create_unchecked(COPY, wanted)
        return
    with pytest.raises(grpc.RpcError, match=r"here-it has Object Lock, so there-it, .* needs it too"):
        aws.create_unchecked(COPY, wanted)


PROGRAM = """
import pulumi
import pulumi_aws as aws

from components.key_ring.shape import KeyRing
from components.object_store.shape import ObjectStore

provider = aws.Provider("it", region="eu-north-1")
inside = pulumi.ResourceOptions(providers=[provider])
where = {"platform": "aws", "region": "eu-north-1", "account": "123456789012"}
copies = {"rotation_days": {"text": 90}, "replica_regions": {"text": ["eu-central-1"]}}
keys = KeyRing("keys", {**where, **copies, "jurisdictions": {"text": ["eu"]}}, inside)
store = {
    "data_class": "text", "key": keys.keys["text"], "jurisdictions": ["eu"], "lock_days": 30, "noncurrent_days": 60,
    "replica_region": "eu-central-1", "replica_key": keys.replicas["text/eu-central-1"],
}
ObjectStore("corpus", {**where, **store}, inside)
"""


@pytest.mark.engine
@pytest.mark.never_again
def test_a_copy_is_locked_and_ends_as_its_source_does(stage: Stage) -> None:
    """A locked corpus with a copy comes up; its copy is locked as long, and what is replaced leaves both places."""
    scene = stage(PROGRAM, "aws")
    told = scene.play("up", "up")
    assert told.ok, told
    resources = json.loads(proof.exported(scene.stack, "--show-secrets"))["deployment"]["resources"]
    found = {
        (one["type"].rpartition(":")[2], one["urn"].rpartition("::")[2]): one.get("inputs", {})
        for one in resources
    }
    for kind in ("BucketObjectLockConfiguration", "BucketLifecycleConfiguration"):
        here, there = (found[kind, name] for name in ("corpus", "corpus-eu-central-1"))
        assert here.get("rule", here.get("rules")) == there.get("rule", there.get("rules"))
    # a condition on a key that S3 does not send would let nobody copy anything
    assert '"StringEquals"' not in found["Role", "corpus-eu-central-1-replication"]["assumeRolePolicy"]
    assert "s3:GetObjectRetention" in found["RolePolicy", "corpus-eu-central-1-replication"]["policy"]
    logs = [
        inputs for (kind, name), inputs in found.items() if kind == "Bucket" and name.endswith("access-logs")
    ]
    assert [one.get("objectLockEnabled", False) for one in logs] == [False, False]
