"""Only named system pods are privileged."""

from policy.model.checks import for_types, is_true, must_not
from policy.model.facts import Facts
from policy.model.pods import PODS, SYSTEM_NAMESPACES, pod
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import NotApplicable, Verdict, worst


def _unless_system(resource: Resource, facts: Facts) -> Verdict:
    if resource.get("metadata.namespace") in SYSTEM_NAMESPACES:
        return NotApplicable("device plug-ins and drivers of a system namespace need it")
    return worst(
        must_not(
            f"{pod(resource)}.{kind}[*].securityContext.privileged", is_true, f"remove privileged from {kind}"
        )(resource, facts)
        for kind in ("containers", "initContainers")
    )


RULE = Rule(
    name="pods-are-not-privileged",
    says="Only named system pods are privileged",
    why="A privileged container owns the machine, its keys and its neighbours",
    fix="Drop privileged and add the one capability that is needed.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)",),
        hipaa=("164.312(a)(1)",),
        iso27001=("A.8.2", "A.8.9"),
        soc2=("CC6.1", "CC6.8"),
        nist=("AC-6", "CM-7"),
        cis=("4.1",),
    ),
    at_create=for_types(PODS, _unless_system),
)
