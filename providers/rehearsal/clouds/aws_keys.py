"""Which keys a cluster of EKS can be made with."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from providers.base.values import Bag

if TYPE_CHECKING:
    from providers.rehearsal.account import Account

CLUSTER = "aws:eks/cluster:Cluster"
GRANT, FOR_AWS = "kms:CreateGrant", "kms:GrantIsForAWSResource"


def granted(account: "Account", inputs: Bag) -> str:
    """Refuse a cluster under a key whose policy lets nobody grant it to EKS.

    EKS guide, encrypt secrets with KMS: whoever makes the cluster needs kms:CreateGrant, and the condition
    kms:GrantIsForAWSResource is not supported. A key without a policy has KMS's own, which opens it to IAM.
    """
    provider = (inputs.get("encryptionConfig") or {}).get("provider") or {}
    key = account.owner(str(provider.get("keyArn")))
    text = key.inputs.get("policy") if key else None
    if not isinstance(text, str) or any(_grants(one) for one in json.loads(text).get("Statement", [])):
        return ""
    return (
        f"InvalidRequestException: User not authorized to perform kms:CreateGrant operation on {provider['keyArn']}: "
        f"EKS does not support a policy that asks for {FOR_AWS}"
    )


def _grants(statement: Mapping[str, Any]) -> bool:
    actions = statement.get("Action") or []
    asked = [key for keys in (statement.get("Condition") or {}).values() for key in keys]
    allowed = {GRANT, "kms:Create*", "kms:*"} & {*([actions] if isinstance(actions, str) else actions)}
    return statement.get("Effect") == "Allow" and bool(allowed) and FOR_AWS not in asked
