"""Jobs end: they have a deadline, and runs on accelerators go away when done."""

from policy.model import controls
from policy.model.checks import at_least, must
from policy.model.facts import Facts
from policy.model.pods import uses_accelerators
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import Verdict, worst

_DEADLINE = must("spec.activeDeadlineSeconds", at_least(1), "set spec.activeDeadlineSeconds")
_LIFE = must("spec.ttlSecondsAfterFinished", at_least(0), "set spec.ttlSecondsAfterFinished")


def _ends(job: Resource, facts: Facts) -> Verdict:
    """A small job of the platform may stay as a record: gone, the next update would run it again."""
    return worst(
        check(job, facts) for check in ((_DEADLINE, _LIFE) if uses_accelerators(job) else (_DEADLINE,))
    )


RULE = Rule(
    name="jobs-have-a-deadline",
    says="Jobs end: they have a deadline, and runs on accelerators go away when done",
    why="A hung run holds its GPUs until someone looks",
    fix="Set a deadline and a time to live.",
    severity=Severity.MEDIUM,
    frameworks=controls.CAPACITY,
    at_create={
        "kubernetes:batch/v1:Job": _ends,
        "localhost:index:Job": must("timeoutSeconds", at_least(1), "set timeoutSeconds"),
    },
)
