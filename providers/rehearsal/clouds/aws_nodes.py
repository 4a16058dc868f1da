"""Which roles let machines of EKS join their cluster."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from providers.base.values import Bag

if TYPE_CHECKING:
    from providers.rehearsal.account import Account

ASKED = ("ec2:DescribeInstances", "ec2:Describe*", "ec2:*")
MANAGED = ("policy/AmazonEKSWorkerNodePolicy", "policy/AmazonEC2ReadOnlyAccess", "policy/AmazonEC2FullAccess")
"""Managed policies that let a machine see itself (AWS managed policy reference)."""


def joined(account: "Account", inputs: Bag) -> str:
    """Refuse a group of AL2023 whose role does not let its machines ask for their own name.

    They do so before they join (amazon-eks-ami, nodeadm, instance details); EKS then waits for them in vain.
    """
    role = account.owner(str(inputs.get("nodeRoleArn")))
    if role is None or not str(inputs.get("amiType")).startswith("AL2023"):
        return ""
    if any(
        right.endswith(MANAGED) or any(action in right for action in ASKED)
        for right in _rights(account, role.id)
    ):
        return ""
    return (
        "NodeCreationFailure: Instances failed to join the kubernetes cluster: nodeadm is not authorized to perform "
        f"ec2:DescribeInstances as {role.id}"
    )


def _rights(account: "Account", role: str) -> Iterator[str]:
    """Give what a role carries: ARNs of managed policies, and texts of its own ones."""
    kinds = {
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "policyArn",
        "aws:iam/rolePolicy:RolePolicy": "policy",
    }
    for one in account.of_type(*kinds):
        if one.inputs.get("role") == role:
            yield str(one.inputs.get(kinds[one.token]))
