"""Control planes write audit logs."""

from infra.catalog.values import Value
from policy.model.checks import contains, must
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import PASS, Fail, Verdict


def _diagnosed(cluster: Resource, facts: Facts) -> Verdict:
    kind = "azure-native:monitor:DiagnosticSetting"
    settings = facts.graph.pointing_at(cluster, "resourceUri", kind)
    if not settings:
        return Fail("no diagnostic setting takes its logs", f"add a {kind} with the category kube-audit")
    fix = "enable the category kube-audit in logs"
    verdicts = [must("logs", _audits, fix)(one, facts) for one in settings]
    return PASS if PASS in verdicts else verdicts[0]


def _audits(logs: Value) -> bool:
    wanted = {"kube-audit", "kube-audit-admin", "audit", "allLogs"}
    return any(
        log.get("enabled") and {log.get("category"), log.get("categoryGroup")} & wanted for log in logs
    )


RULE = Rule(
    name="control-planes-write-audit-logs",
    says="Control planes write audit logs",
    why="Without them nobody can say who did what",
    fix="Switch the audit log on.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 5(2)", "Art. 33"),
        hipaa=("164.312(b)",),
        iso27001=("A.8.15", "A.5.28"),
        soc2=("CC7.2",),
        nist=("AU-2", "AU-12"),
        cis=("8.2", "8.5"),
    ),
    at_create={
        "aws:eks/cluster:Cluster": must(
            "enabledClusterLogTypes",
            contains("api", "audit", "authenticator"),
            'set enabledClusterLogTypes to ["api", "audit", "authenticator", "controllerManager", "scheduler"]',
        ),
        "gcp:container/cluster:Cluster": must(
            "loggingConfig.enableComponents",
            contains("SYSTEM_COMPONENTS", "APISERVER"),
            'set loggingConfig.enableComponents to ["SYSTEM_COMPONENTS", "APISERVER", "WORKLOADS"]',
        ),
    },
    in_stack={"azure-native:containerservice:ManagedCluster": _diagnosed},
)
