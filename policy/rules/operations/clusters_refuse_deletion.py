"""Clusters refuse to be deleted by accident."""

from policy.model.checks import is_true, must
from policy.model.rule import Frameworks, Level, Rule, Severity

RULE = Rule(
    name="clusters-refuse-deletion",
    says="Clusters refuse to be deleted by accident",
    why="Deleting a cluster ends every run on it at once",
    fix="Switch deletion protection on.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)",),
        iso27001=("A.8.14", "A.8.32"),
        soc2=("A1.2", "CC8.1"),
        nist=("CM-3", "CP-10"),
        cis=("4.6",),
    ),
    at_create={
        "aws:eks/cluster:Cluster": must("deletionProtection", is_true, "set deletionProtection to true"),
        "gcp:container/cluster:Cluster": must(
            "deletionProtection", is_true, "set deletionProtection to true", unset="pass"
        ),
    },
)
