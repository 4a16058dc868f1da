"""Jobs end: they have a deadline, and go away when done."""

from policy.model import controls
from policy.model.checks import all_of, at_least, must
from policy.model.rule import Rule, Severity

RULE = Rule(
    name="jobs-have-a-deadline",
    says="Jobs end: they have a deadline, and go away when done",
    why="A hung run holds its GPUs until someone looks",
    fix="Set a deadline and a time to live.",
    severity=Severity.MEDIUM,
    frameworks=controls.CAPACITY,
    at_create={
        "kubernetes:batch/v1:Job": all_of(
            must("spec.activeDeadlineSeconds", at_least(1), "set spec.activeDeadlineSeconds"),
            must("spec.ttlSecondsAfterFinished", at_least(0), "set spec.ttlSecondsAfterFinished"),
        ),
        "localhost:index:Job": must("timeoutSeconds", at_least(1), "set timeoutSeconds"),
    },
)
