"""Workloads act under an identity of their own."""

from collections.abc import Mapping
from typing import Any

from policy.model import trust
from policy.model.checks import all_of, equals, is_true, must
from policy.model.documents import listed
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import Fail, Verdict

_OPERATORS = ("StringEquals", "StringEqualsIgnoreCase", "StringLike")
_OPEN = Fail(
    "everyone with a token of its issuer takes it",
    'add Condition.StringEquals["<issuer>:sub"]: "system:serviceaccount:<namespace>:<name>"',
)
_EVERYONE = ("*", "system:serviceaccount:*", "system:serviceaccount:*:*")


def _federated(role: Resource, _facts: Facts) -> Verdict:
    """Judge roles that are taken with tokens of an issuer: one that names no subject is every workload's."""
    return trust.judged(role, _by_token, _names_whom, nobody="no token of a cluster takes it", broken=_OPEN)


def _by_token(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    named = listed(principal.get("Federated")) if isinstance(principal, Mapping) else []
    return any(":oidc-provider/" in name for name in named)


def _names_whom(statement: Mapping[str, Any]) -> bool:
    return any(
        key.endswith(":sub") and not set(_EVERYONE) & set(listed(value))
        for operator, wanted in (statement.get("Condition") or {}).items()
        if operator.removeprefix("ForAnyValue:") in _OPERATORS
        for key, value in wanted.items()
    )


RULE = Rule(
    name="workloads-have-their-own-identity",
    says="Workloads act under an identity of their own",
    why="Otherwise every pod may do what its machine may do",
    fix="Switch workload identity on, and name the one workload that takes a role.",
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
        "aws:iam/role:Role": _federated,
    },
)
