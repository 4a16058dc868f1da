"""Jobs end: they have a deadline, and go away when done."""

from policy.model.checks import all_of, at_least, must
from policy.model.rule import Frameworks, Rule, Severity

RULE = Rule(
    name="jobs-have-a-deadline",
    says="Jobs end: they have a deadline, and go away when done",
    why="A hung run holds its GPUs until someone looks",
    fix="Set a deadline and a time to live.",
    severity=Severity.MEDIUM,
    frameworks=Frameworks(iso27001=("A.8.6",), soc2=("A1.1",), nist=("SC-5", "SC-6"), cis=("4.1",)),
    at_create={
        "kubernetes:batch/v1:Job": all_of(
            must("spec.activeDeadlineSeconds", at_least(1), "set spec.activeDeadlineSeconds"),
            must("spec.ttlSecondsAfterFinished", at_least(0), "set spec.ttlSecondsAfterFinished"),
        ),
        "localhost:index:Job": must("timeoutSeconds", at_least(1), "set timeoutSeconds"),
    },
)
