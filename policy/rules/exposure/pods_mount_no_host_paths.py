"""Only named system pods mount paths of the machine."""

from infra.catalog import fabrics
from policy.model.checks import for_types, must_not
from policy.model.facts import Facts
from policy.model.pods import PODS, SYSTEM_NAMESPACES, pod
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import NotApplicable, Verdict


def _unless_system(resource: Resource, facts: Facts) -> Verdict:
    if resource.get("metadata.namespace") in SYSTEM_NAMESPACES:
        return NotApplicable("device plug-ins and drivers of a system namespace need it")
    if _of_a_daemon(resource):
        return NotApplicable("the daemon of its fabric needs them, as the fact table says")
    fix = "use a persistentVolumeClaim or an emptyDir instead of hostPath"
    return must_not(f"{pod(resource)}.volumes[*].hostPath", bool, fix)(resource, facts)


def _of_a_daemon(resource: Resource) -> bool:
    """Tell whether the fabric of a pod has a daemon, and the pod mounts no folder but those of the daemon's row."""
    names = {found.value for found in resource.find(f"{pod(resource)}.initContainers[*].name")}
    mounted = {found.value for found in resource.find(f"{pod(resource)}.volumes[*].hostPath.path")}
    rows = [row for row in fabrics.all() if row.daemon and row.daemon.name in names]
    known = {
        folder
        for row in rows
        if row.daemon
        for folder in (*row.daemon.folders.values(), *row.windows.values())
    }
    return bool(mounted) and mounted <= known


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
