"""Queues and topics are encrypted under a key of ours."""

from policy.model import controls
from policy.model.checks import keyed
from policy.model.rule import OnUnknown, Rule, Severity

RULE = Rule(
    name="queues-use-our-keys",
    says="Queues and topics are encrypted under a key of ours",
    why="Messages wait on disk, and carry data",
    fix="Name a customer-managed key on the queue.",
    severity=Severity.MEDIUM,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.AT_REST,
    at_create={
        "aws:sqs/queue:Queue": keyed("kmsMasterKeyId", "set kmsMasterKeyId to a key of this stack"),
        "aws:sns/topic:Topic": keyed("kmsMasterKeyId", "set kmsMasterKeyId to a key of this stack"),
        "gcp:pubsub/topic:Topic": keyed("kmsKeyName", "set kmsKeyName to a key of this stack"),
    },
)
