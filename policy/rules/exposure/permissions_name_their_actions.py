"""Permissions name their actions and resources."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.catalog.values import UNKNOWN
from policy.model.checks import all_of, equals, for_types, must_not
from policy.model.documents import listed, statements
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import PASS, Fail, Unverified, Verdict

_BROAD = ("roles/owner", "roles/editor", "roles/viewer")


def _aws(resource: Resource, _facts: Facts) -> Verdict:
    policy = resource.get("policy")
    if policy is UNKNOWN:
        return Unverified("policy is not known before the update", "policy")
    wild = [
        action
        for statement in statements(policy)
        if statement.get("Effect") == "Allow"
        for action in _wild(statement)
    ]
    if not wild:
        return PASS
    return Fail(f"policy allows {', '.join(sorted(set(wild)))}", "list the actions that are needed in policy")


def _wild(statement: Mapping[str, Any]) -> Iterator[str]:
    if "NotAction" in statement:
        yield "everything but NotAction"
    yield from (
        action for action in listed(statement.get("Action")) if action == "*" or action.endswith(":*")
    )


RULE = Rule(
    name="permissions-name-their-actions",
    says="Permissions name their actions and resources",
    why="A wildcard gives tomorrow whatever the cloud adds tomorrow",
    fix="List the actions and resources that are needed.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)",),
        hipaa=("164.312(a)(1)",),
        iso27001=("A.5.15", "A.8.2"),
        soc2=("CC6.3",),
        nist=("AC-6",),
        cis=("3.3", "6.8"),
    ),
    at_create={
        **for_types(["aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy"], _aws),
        **for_types(
            ["gcp:projects/iAMMember:IAMMember", "gcp:projects/iAMBinding:IAMBinding"],
            must_not("role", equals(*_BROAD), "give a role that names what is needed"),
        ),
        "azure-native:authorization:RoleDefinition": must_not(
            "permissions[*].actions[*]", equals("*"), "list the actions that are needed"
        ),
        **for_types(
            [f"kubernetes:rbac.authorization.k8s.io/v1:{kind}" for kind in ("Role", "ClusterRole")],
            all_of(
                must_not("rules[*].verbs[*]", equals("*"), "list the verbs that are needed"),
                must_not("rules[*].resources[*]", equals("*"), "list the resources that are needed"),
            ),
        ),
    },
)
