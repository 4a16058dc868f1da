"""Queues and topics are encrypted under a key of ours."""

from policy.model.checks import keyed
from policy.model.rule import Frameworks, OnUnknown, Rule, Severity

RULE = Rule(
    name="queues-use-our-keys",
    says="Queues and topics are encrypted under a key of ours",
    why="Messages wait on disk, and carry data",
    fix="Name a customer-managed key on the queue.",
    severity=Severity.MEDIUM,
    on_unknown=OnUnknown.FAIL,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(a)",),
        hipaa=("164.312(a)(2)(iv)",),
        iso27001=("A.8.24",),
        soc2=("CC6.1",),
        nist=("SC-12", "SC-28(1)"),
        cis=("3.11",),
    ),
    at_create={
        "aws:sqs/queue:Queue": keyed("kmsMasterKeyId", "set kmsMasterKeyId to a key of this stack"),
        "aws:sns/topic:Topic": keyed("kmsMasterKeyId", "set kmsMasterKeyId to a key of this stack"),
        "gcp:pubsub/topic:Topic": keyed("kmsKeyName", "set kmsKeyName to a key of this stack"),
    },
)
