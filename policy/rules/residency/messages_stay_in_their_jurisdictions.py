"""Queues and topics keep messages where the class of their data allows it."""

from policy.model import controls, residence
from policy.model.checks import for_types
from policy.model.rule import OnUnknown, Rule, Severity

RULE = Rule(
    name="messages-stay-in-their-jurisdictions",
    says="Queues and topics keep messages where the class of their data allows it",
    why="A topic without named regions keeps its messages wherever it was written",
    fix="Create it in a location of the data class's jurisdictions.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.JURISDICTION,
    at_create=for_types(
        ["aws:sqs/queue:Queue", "aws:sns/topic:Topic", "gcp:pubsub/topic:Topic"], residence.stays
    ),
)
