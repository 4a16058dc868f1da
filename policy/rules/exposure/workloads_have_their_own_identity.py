"""Workloads act under an identity of their own."""

from collections.abc import Mapping
from typing import Any

from infra.catalog.values import UNKNOWN
from policy.model.checks import all_of, equals, is_true, must
from policy.model.documents import listed, statements
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict

_OPERATORS = ("StringEquals", "StringEqualsIgnoreCase", "StringLike")
_EVERYONE = ("*", "system:serviceaccount:*", "system:serviceaccount:*:*")


def _federated(role: Resource, _facts: Facts) -> Verdict:
    """Judge roles that are taken with tokens of an issuer: one that names no subject is every workload's."""
    policy = role.get("assumeRolePolicy")
    if policy is UNKNOWN:
        return Unverified("assumeRolePolicy is not known before the update", "assumeRolePolicy")
    trusting = [one for one in statements(policy) if one.get("Effect") == "Allow" and _by_token(one)]
    if not trusting:
        return NotApplicable("no token of a cluster takes it")
    if all(_names_whom(one) for one in trusting):
        return PASS
    return Fail(
        "everyone with a token of its issuer takes it",
        'add Condition.StringEquals["<issuer>:sub"]: "system:serviceaccount:<namespace>:<name>"',
    )


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
