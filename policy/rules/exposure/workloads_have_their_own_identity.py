"""Workloads act under an identity of their own."""

from policy.model.checks import all_of, equals, is_true, must
from policy.model.rule import Frameworks, Rule, Severity

RULE = Rule(
    name="workloads-have-their-own-identity",
    says="Workloads act under an identity of their own",
    why="Otherwise every pod may do what its machine may do",
    fix="Switch workload identity on.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)",),
        hipaa=("164.312(a)(2)(i)",),
        iso27001=("A.5.16",),
        soc2=("CC6.1", "CC6.3"),
        nist=("AC-6", "IA-9"),
        cis=("6.8",),
    ),
    at_create={
        "gcp:container/cluster:Cluster": must(
            "workloadIdentityConfig.workloadPool",
            bool,
            'set workloadIdentityConfig.workloadPool to "<project>.svc.id.goog"',
        ),
        "azure-native:containerservice:ManagedCluster": all_of(
            must(
                "securityProfile.workloadIdentity.enabled",
                is_true,
                "set securityProfile.workloadIdentity.enabled to true",
            ),
            must("oidcIssuerProfile.enabled", is_true, "set oidcIssuerProfile.enabled to true"),
        ),
        "aws:eks/cluster:Cluster": must(
            "accessConfig.authenticationMode",
            equals("API", "API_AND_CONFIG_MAP"),
            'set accessConfig.authenticationMode to "API"',
        ),
    },
)
