"""Pods ask for no more accelerators than a machine has."""

from infra.catalog.values import UNKNOWN
from policy.model import catalogued, controls
from policy.model.checks import for_types
from policy.model.facts import Facts
from policy.model.pods import GPUS, PODS, pod
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Verdict


def _fits(resource: Resource, _facts: Facts) -> Verdict:
    most = catalogued.most_accelerators()
    asked = [
        int(str(found.value[name]))
        for found in resource.find(f"{pod(resource)}.containers[*].resources.limits")
        if isinstance(found.value, dict)
        for name in GPUS
        if name in found.value and found.value[name] is not UNKNOWN
    ]
    if not asked:
        return NotApplicable("it asks for no accelerator")
    if sum(asked) <= most:
        return PASS
    return Fail(f"it asks for {sum(asked)} accelerators", f"ask for at most {most} a pod, and for more pods")


RULE = Rule(
    name="pods-ask-for-no-more-than-a-machine-has",
    says="Pods ask for no more accelerators than a machine has",
    why="Such a pod waits for ever, and the autoscaler buys machines that do not help",
    fix="Spread the job over more pods.",
    severity=Severity.HIGH,
    frameworks=controls.CAPACITY,
    at_create=for_types(PODS, _fits),
)
