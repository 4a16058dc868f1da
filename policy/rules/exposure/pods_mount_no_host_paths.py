"""Only named system pods mount paths of the machine."""

from policy.model.checks import for_types, must_not
from policy.model.facts import Facts
from policy.model.pods import PODS, SYSTEM_NAMESPACES, pod
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import NotApplicable, Verdict


def _unless_system(resource: Resource, facts: Facts) -> Verdict:
    if resource.get("metadata.namespace") in SYSTEM_NAMESPACES:
        return NotApplicable("device plug-ins and drivers of a system namespace need it")
    fix = "use a persistentVolumeClaim or an emptyDir instead of hostPath"
    return must_not(f"{pod(resource)}.volumes[*].hostPath", bool, fix)(resource, facts)


RULE = Rule(
    name="pods-mount-no-host-paths",
    says="Only named system pods mount paths of the machine",
    why="A host path reads what other pods and the machine keep there",
    fix="Use a volume claim or an emptyDir.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)",),
        hipaa=("164.312(a)(1)",),
        iso27001=("A.8.3", "A.8.9"),
        soc2=("CC6.1",),
        nist=("AC-6", "SC-4"),
        cis=("4.1",),
    ),
    at_create=for_types(PODS, _unless_system),
)
