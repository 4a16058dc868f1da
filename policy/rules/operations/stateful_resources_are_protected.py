"""What holds data or keys is protected from deletion."""

from policy.model.checks import for_types
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.stateful import STATEFUL
from policy.model.verdicts import PASS, Fail, Verdict


def _protected(resource: Resource, _facts: Facts) -> Verdict:
    if resource.options.protect:
        return PASS
    return Fail(
        "protect is not set",
        "set the resource option protect=True (protect: true of the store in the stack file)",
    )


RULE = Rule(
    name="stateful-resources-are-protected",
    says="What holds data or keys is protected from deletion",
    why="A renamed resource is deleted and made anew, with nothing in it",
    fix="Set the option protect.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)", "Art. 32(1)(c)"),
        hipaa=("164.312(c)(1)",),
        iso27001=("A.8.13", "A.8.32"),
        soc2=("A1.2", "CC8.1"),
        nist=("CP-9", "CM-3"),
        cis=("11.3",),
    ),
    at_create=for_types(STATEFUL, _protected),
)
