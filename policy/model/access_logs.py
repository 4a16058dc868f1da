"""Buckets of S3 that take access logs, which hold no data and follow rules of their own."""

from infra.catalog.values import UNKNOWN
from policy.model.documents import listed, statements
from policy.model.facts import Facts
from policy.model.resource import Resource

_DELIVERY = "logging.s3.amazonaws.com"
"""S3 User Guide, "Enabling Amazon S3 server access logging": the service that a bucket policy lets in."""


def takes(bucket: Resource, facts: Facts) -> bool:
    """Tell whether access logs are delivered to a bucket: another one names it, or its policy lets S3's delivery in."""
    if facts.graph.pointing_at(bucket, "targetBucket", "aws:s3/bucketLogging:BucketLogging"):
        return True
    policies = facts.graph.pointing_at(bucket, "bucket", "aws:s3/bucketPolicy:BucketPolicy")
    return any(_lets_delivery_in(policy) for policy in policies)


def _lets_delivery_in(policy: Resource) -> bool:
    document = policy.get("policy")
    if document is UNKNOWN:
        return False
    return any(
        statement.get("Effect") == "Allow"
        and _DELIVERY in listed((statement.get("Principal") or {}).get("Service"))
        for statement in statements(document)
        if isinstance(statement.get("Principal"), dict)
    )
