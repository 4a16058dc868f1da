"""Who may do what with a bucket, what is refused to everyone, and what goes away by itself."""

from collections.abc import Iterator
from typing import Any

from components import site
from components.object_store.shape import ObjectStoreSpec, WorkloadRight

READ = ("s3:GetObject", "s3:GetObjectVersion")
WRITE = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject")


def policy(title: str, spec: ObjectStoreSpec) -> dict[str, Any]:
    """Let each workload do its part, and refuse what is not written under the store's key."""
    allowed = [one for name, right in spec.workloads.items() for one in _rights(title, name, right)]
    return {"Version": "2012-10-17", "Statement": [*allowed, *_under_our_key(title, spec)]}


def _rights(title: str, workload: str, right: WorkloadRight) -> Iterator[dict[str, Any]]:
    who = {"AWS": [f"arn:aws:iam:::user/{site.user(workload, right.stack)}"]}
    bucket = f"arn:aws:s3:::{title}"
    actions = READ + WRITE if right.access == "write" else READ
    below = f"{bucket}/{right.prefix}/*" if right.prefix else f"{bucket}/*"
    yield {"Effect": "Allow", "Principal": who, "Action": list(actions), "Resource": [below]}
    only = {"Condition": {"StringLike": {"s3:prefix": [right.prefix, f"{right.prefix}/*"]}}}
    listing = {"Effect": "Allow", "Principal": who, "Action": ["s3:ListBucket"], "Resource": [bucket]}
    yield {**listing, **(only if right.prefix else {})}


def _under_our_key(title: str, spec: ObjectStoreSpec) -> Iterator[dict[str, Any]]:
    if spec.key is None:
        return
    # a condition on a header that is not there never holds on Ceph (rgw_iam_policy.cc, Condition::eval), so its absence
    # is a second one; the bucket's default key fills the header in before either is asked, for parts of an upload too
    header = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    for condition in ({"StringNotEquals": {header: spec.key}}, {"Null": {header: "true"}}):
        yield {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:PutObject"],
            "Resource": [f"arn:aws:s3:::{title}/*"],
            "Condition": condition,
        }


def lifecycle(spec: ObjectStoreSpec) -> dict[str, Any]:
    """Clear away uploads that were cut off, and what has reached its age. Rook wants the rules sorted by name."""
    rules: list[dict[str, Any]] = [
        {
            "ID": "cut-off-uploads",
            "Status": "Enabled",
            "Prefix": "",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
    ]
    if spec.expire_days:
        age = {"Days": spec.expire_days}
        rules.append({"ID": "expired", "Status": "Enabled", "Prefix": "", "Expiration": age})
    return {"Rules": rules}
