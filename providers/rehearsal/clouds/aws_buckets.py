"""What goes wrong between S3 buckets and the services that write into them, where each alone looks right."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from providers.base.values import Bag

if TYPE_CHECKING:
    from providers.rehearsal.account import Account

BUCKET, POLICY = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"
MIRROR = "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"


def mirrored(account: "Account", inputs: Bag) -> str:
    """Refuse a mirror into a bucket whose policy shuts FSx out, when either of the two is made.

    FSx leaves the key of what it writes to the bucket (FSx guide, server-side encrypted S3 buckets); refused, the
    association is MISCONFIGURED and writes nothing (FSx API, DataRepositoryAssociation.Lifecycle).
    """
    path, text = inputs.get("dataRepositoryPath"), inputs.get("policy")
    bucket = str(inputs.get("bucket") or _named(path))
    if text is not None and bucket not in (
        _named(one.inputs["dataRepositoryPath"]) for one in account.of_type(MIRROR)
    ):
        return ""
    theirs = [
        one.inputs.get("policy") for one in account.of_type(POLICY) if one.inputs.get("bucket") == bucket
    ]
    sid = next((found for one in (text, *theirs) if isinstance(one, str) for found in _shut(one)), "")
    told = f"{sid} of the policy of {bucket} denies writers that leave the key to the bucket, since a negation holds"
    return f"the association is MISCONFIGURED: {told} for a header that is not sent" if sid else ""


def _named(path: Any) -> str:
    return path.removeprefix("s3://").partition("/")[0] if isinstance(path, str) else ""


def _shut(text: str) -> Iterator[str]:
    """Give the statements that deny everybody a PutObject that says nothing of encryption."""
    statements = json.loads(text).get("Statement", []) if text.startswith("{") else []
    for one in statements:
        conditions = one.get("Condition") or {}
        about = [(operator, key) for operator, keys in conditions.items() for key in keys]
        if (
            one.get("Effect") == "Deny"
            and "s3:PutObject" in one.get("Action", [])
            and about
            and all(key.startswith("s3:x-amz-server-side-encryption") for _, key in about)
            and all(_holds_unsaid(operator, conditions[operator][key]) for operator, key in about)
        ):
            yield str(one.get("Sid", "a statement"))


def _holds_unsaid(operator: str, wanted: Any) -> bool:
    """Say whether a condition holds for a key that is absent (IAM guide, condition operators)."""
    if operator == "Null":
        return str(wanted).lower() == "true"
    return "Not" in operator or operator.endswith("IfExists")


def copied(account: "Account", inputs: Bag) -> str:
    """Refuse to replicate from a bucket with Object Lock into one without.

    S3 guide, replication failure reasons: DstBucketObjectLockConfigMissing.
    """
    source = _bucket(account, str(inputs.get("bucket")))
    if not source.get("objectLockEnabled"):
        return ""
    for rule in inputs.get("rules") or []:
        name = str((rule.get("destination") or {}).get("bucket")).rpartition(":")[2]
        if not _bucket(account, name).get("objectLockEnabled"):
            return f"InvalidRequest: {inputs['bucket']} has Object Lock, so {name}, where it is copied to, needs it too"
    return ""


def _bucket(account: "Account", name: str) -> Mapping[str, Any]:
    owner = account.owner(name)
    return owner.inputs if owner and owner.token == BUCKET else {}
