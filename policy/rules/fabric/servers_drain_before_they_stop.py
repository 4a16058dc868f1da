"""Servers finish what they answer before they stop."""

from policy.model import controls
from policy.model.checks import at_least, must
from policy.model.facts import Facts
from policy.model.pods import pod, uses_accelerators
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import NotApplicable, Verdict


def _drains(server: Resource, facts: Facts) -> Verdict:
    if not uses_accelerators(server):
        return NotApplicable("it uses no accelerator")
    path = f"{pod(server)}.terminationGracePeriodSeconds"
    return must(path, at_least(60), f"set {path} to 120 or more")(server, facts)


RULE = Rule(
    name="servers-drain-before-they-stop",
    says="Servers finish what they answer before they stop",
    why="A request that is cut off is paid for and asked again",
    fix="Give servers time to drain.",
    severity=Severity.LOW,
    frameworks=controls.CAPACITY,
    at_create={
        "localhost:index:Service": must("drainSeconds", at_least(1), "set drainSeconds to 20", unset="pass"),
        "kubernetes:apps/v1:Deployment": _drains,
    },
)
