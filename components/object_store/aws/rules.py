"""What an S3 bucket lets happen: its policy and its lifecycle."""

from typing import Any

import pulumi

from components.amazon import allow, deny, document, partition
from components.object_store.shape import ObjectStoreSpec
from infra.problems import Problem, ProblemsError

EVERYONE = {"AWS": "*"}

LONGEST, SUFFIX = 63, 8
"""Characters of a bucket's name, and those of them that the engine adds (S3 user guide, naming rules)."""

MOST_VERSIONS = 100
"""Versions that a rule can keep by number (S3 API, NoncurrentVersionExpiration)."""


def refuse(name: str, spec: ObjectStoreSpec) -> None:
    """Refuse what S3 does not have.

    Raises:
        ProblemsError: Names too long for the buckets that go with it, a lock without versions, rules that S3 does not
            take; all at once.
    """
    found = []
    longest = "-".join(filter(None, (name, spec.replica_region, "access-logs")))
    if len(longest) + SUFFIX > LONGEST:
        allowed = f"at most {len(name) - (len(longest) + SUFFIX - LONGEST)} characters"
        found.append(Problem("name", f"given {name!r}, so a bucket {longest!r} with a suffix", allowed))
    if spec.lock_days and not spec.versioning:
        found.append(Problem("versioning", "given False with lock_days", "true: S3 locks versions"))
    if spec.archive_days and spec.expire_days and spec.expire_days <= spec.archive_days:
        text = f"given {spec.expire_days} with archive_days {spec.archive_days}"
        found.append(
            Problem("expire_days", text, f"more than {spec.archive_days}: S3 ends what it has moved")
        )
    if (spec.noncurrent_versions or 0) > MOST_VERSIONS:
        found.append(
            Problem("noncurrent_versions", f"given {spec.noncurrent_versions}", f"1 to {MOST_VERSIONS}")
        )
    if found:
        raise ProblemsError(f"ObjectStore {name!r} can't be built on AWS", found)


def arn(region: str, bucket: pulumi.Output[str]) -> pulumi.Output[str]:
    """Give a bucket's ARN by its name, which is known in a preview already."""
    return bucket.apply(f"arn:{partition(region)}:s3:::{{}}".format)


def bucket_policy(region: str, bucket: pulumi.Output[str], key: Any) -> pulumi.Output[str]:
    """Refuse connections without TLS 1.2, and objects under another key than ours."""
    own = arn(region, bucket)
    everything = [own, pulumi.Output.concat(own, "/*")]
    statements = [
        _deny("TlsOnly", ["s3:*"], everything, {"Bool": {"aws:SecureTransport": "false"}}),
        _deny("Tls12", ["s3:*"], everything, {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
    ]
    if key is not None:
        statements += _ciphers(everything[1:], key)
    return document(*statements)


def _ciphers(objects: Any, key: Any) -> list[Any]:
    """Refuse objects whose writer names another cipher than KMS, another key, or no key beside the cipher.

    A negation holds for a header that is not sent, with IfExists too (IAM guide, condition operators), so each says
    that its header is there: S3 asks the policy before it adds the bucket's own key (S3 guide, default encryption),
    and most writers, FSx among them, leave the key to the bucket. Who says KMS and no key gets one of AWS's own
    (S3 API, PutObject, SSEKMSKeyId).
    """
    header = "s3:x-amz-server-side-encryption"
    named = f"{header}-aws-kms-key-id"
    refused = {
        "KmsOnly": {"StringNotEquals": {header: "aws:kms"}, "Null": {header: "false"}},
        "OurKeyOnly": {"StringNotEquals": {named: key}, "Null": {named: "false"}},
        "KeyNamed": {"StringEquals": {header: "aws:kms"}, "Null": {named: "true"}},
    }
    return [_deny(sid, ["s3:PutObject"], objects, condition) for sid, condition in refused.items()]


def log_policy(
    region: str, account: str, logs: pulumi.Output[str], source: pulumi.Output[str]
) -> pulumi.Output[str]:
    """Let S3 deliver the access logs of one bucket of this account, and nobody else write."""
    own = arn(region, logs)
    delivery = {
        "ArnEquals": {"aws:SourceArn": arn(region, source)},
        "StringEquals": {"aws:SourceAccount": account},
    }
    inside = pulumi.Output.concat(own, "/*")
    service = {"Service": "logging.s3.amazonaws.com"}
    return document(
        allow("Deliver", ["s3:PutObject"], inside, Principal=service, Condition=delivery),
        _deny("TlsOnly", ["s3:*"], [own, inside], {"Bool": {"aws:SecureTransport": "false"}}),
    )


def _deny(sid: str, actions: list[str], resources: Any, condition: dict[str, Any]) -> Any:
    return deny(sid, actions, resources, Principal=EVERYONE, Condition=condition)


def lifecycle(spec: ObjectStoreSpec) -> list[dict[str, Any]]:
    """Write the rules: parts of broken uploads always go after a week, the rest as the settings say."""
    rules: list[dict[str, Any]] = [
        _rule("broken-uploads", abort_incomplete_multipart_upload={"days_after_initiation": 7})
    ]
    if spec.noncurrent_days or spec.noncurrent_versions:
        older = {
            # S3 counts kept versions only together with an age, of at least one day
            "noncurrent_days": spec.noncurrent_days or 1,
            **({"newer_noncurrent_versions": spec.noncurrent_versions} if spec.noncurrent_versions else {}),
        }
        rules.append(_rule("older-versions", noncurrent_version_expiration=older))
    if spec.archive_days:
        tier = {"days": spec.archive_days, "storage_class": "GLACIER_IR"}
        rules.append(_rule("archive", transitions=[tier]))
    if spec.expire_days:
        rules.append(_rule("expire", expiration={"days": spec.expire_days}))
    return rules


def log_lifecycle() -> list[dict[str, Any]]:
    """Write the rules of a bucket of access logs."""
    return [_rule("expire", expiration={"days": 400}, noncurrent_version_expiration={"noncurrent_days": 1})]


def _rule(name: str, **what: Any) -> dict[str, Any]:
    return {"id": name, "status": "Enabled", "filter": {"prefix": ""}, **what}
