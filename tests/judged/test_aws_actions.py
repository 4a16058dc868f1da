"""Judges that AWS wrote: every IAM action that our AWS components name is an operation that botocore knows.

What IAM calls otherwise than the API, or knows alone, is listed here with its operation (Service Authorization
Reference). An action that does not exist allows nothing, and nobody is told.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aws_models import operations

COMPONENTS = Path(__file__).parents[2] / "components"
ACTION = re.compile(r"(?:ec2|ecr|eks|eks-auth|fsx|iam|kms|logs|pricing|s3|sqs|ssm|sts):[A-Z]\w+")

RENAMED = {
    "kms:ReEncryptFrom": "ReEncrypt",
    "kms:ReEncryptTo": "ReEncrypt",
    "s3:GetObjectVersion": "GetObject",
    "s3:GetObjectVersionAcl": "GetObjectAcl",
    "s3:GetObjectVersionTagging": "GetObjectTagging",
    "s3:GetReplicationConfiguration": "GetBucketReplication",
    "s3:ListBucket": "ListObjectsV2",
    "s3:ListMultipartUploadParts": "ListParts",
}
"""Actions that stand for an operation of another name."""

ALONE = {
    "iam:PassRole",
    "s3:GetObjectVersionForReplication",
    "s3:ReplicateDelete",
    "s3:ReplicateObject",
    "s3:ReplicateTags",
    "sts:TagSession",
}
"""Actions that no operation of the API has: they judge what another operation does on the way."""


ANYWHERE = {
    "fsx:DescribeFileSystems",
    "iam:ListInstanceProfiles",
    "logs:DescribeLogGroups",
    "pricing:GetProducts",
}
"""Actions that IAM knows for all resources or none (the same reference): with an ARN they allow nothing."""


def named() -> Iterator[tuple[str, str]]:
    """Give every action in the source of AWS components, with its place; keys of conditions are no actions."""
    for file in sorted({*COMPONENTS.glob("*/aws.py"), *COMPONENTS.glob("*/aws/*.py")}):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        keys = {id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in keys:
                continue
            if isinstance(node.value, str) and ACTION.fullmatch(node.value):
                yield node.value, f"{file.relative_to(COMPONENTS)}:{node.lineno}"


@cache
def unknown(action: str) -> bool:
    """Say whether neither the API nor the list above has an action."""
    service, _, name = action.partition(":")
    return action not in ALONE and RENAMED.get(action, name) not in operations(service)


def test_every_action_exists() -> None:
    """A misspelt action is named with its file and line; there are actions to judge."""
    found = list(named())
    assert len(found) > 90
    assert [f"{place}: {action}" for action, place in found if unknown(action)] == []


@pytest.mark.parametrize("action", ["s3:GetObjects", "kms:ReEncrypt*", "ec2:CreateTag", "sts:TagSessions"])
def test_a_misspelt_action_is_told(action: str) -> None:
    """Near misses and wildcards are no operations."""
    assert unknown(action)


def allowed(file: Path) -> Iterator[tuple[set[Any], ast.expr]]:
    """Give the actions of each statement that a file writes out, and its resource."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "allow" and len(node.args) > 2:
            found = {one.value for one in ast.walk(node.args[1]) if isinstance(one, ast.Constant)}
            yield found, node.args[2]


@pytest.mark.parametrize("action", sorted(ANYWHERE))
def test_an_action_without_resources_is_allowed_for_all(action: str) -> None:
    """Its statement says `*`; with an ARN the first call would be refused."""
    files = {COMPONENTS / place.partition(":")[0] for one, place in named() if one == action}
    resources = [one for file in files for found, one in allowed(file) if action in found]
    assert resources
    assert all(ast.literal_eval(one) == "*" for one in resources)


def test_exceptions_are_needed() -> None:
    """No exception outlives its action, and none hides an operation."""
    used = {action for action, _ in named()}
    assert (RENAMED.keys() | ALONE) <= used
    assert not [
        action for action in ALONE if action.partition(":")[2] in operations(action.partition(":")[0])
    ]
