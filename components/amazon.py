"""What the AWS backends share: policy documents, and names that depend on the partition."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pulumi

from components import refusals
from infra.catalog import regions

Statement = Mapping[str, Any]
"""One statement of a policy document; values may be another resource's outputs."""


def document(*statements: Statement) -> pulumi.Output[str]:
    """Write an IAM, key or bucket policy (version 2012-10-17)."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(sid: str, actions: Sequence[str], resources: Any = None, **more: Any) -> Statement:
    """Write an allowing statement.

    Args:
        sid: Its name: letters and digits.
        actions: What is allowed.
        resources: On what; left out in trust policies.
        **more: Principal and Condition.
    """
    return _statement("Allow", sid, actions, resources, more)


def deny(sid: str, actions: Sequence[str], resources: Any, **more: Any) -> Statement:
    """Write a denying statement; it wins over every allowing one."""
    return _statement("Deny", sid, actions, resources, more)


def _statement(
    effect: str, sid: str, actions: Sequence[str], resources: Any, more: Mapping[str, Any]
) -> Statement:
    resource = {} if resources is None else {"Resource": resources}
    return {"Sid": sid, "Effect": effect, "Action": list(actions), **resource, **more}


def trust(service: str, **more: Any) -> pulumi.Output[str]:
    """Write the trust policy of a role that an AWS service takes."""
    return document(allow("Trust", ["sts:AssumeRole"], Principal={"Service": service}, **more))


def partition(region: str) -> str:
    """Give the partition of a region, which every ARN begins with.

    Raises:
        CatalogError: The region is unknown; the text suggests the nearest.
    """
    return regions.get("aws", region).partition or "aws"


def managed(region: str, name: str) -> str:
    """Give the ARN of a policy that AWS maintains."""
    return f"arn:{partition(region)}:iam::aws:policy/{name}"


KEPT = (90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""Days that CloudWatch keeps logs (PutRetentionPolicy), from our least upwards."""


def kept(days: int) -> int:
    """Round a time up to one that CloudWatch knows, in days."""
    return next(step for step in KEPT if step >= days)


needed = partial(refusals.needed, "AWS")
"""Refuses a component that lacks what AWS cannot do without: component, name, and values by argument."""
