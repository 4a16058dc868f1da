"""Roles for people are taken with a second factor."""

from collections.abc import Mapping
from typing import Any

from policy.model import trust
from policy.model.checks import is_true
from policy.model.documents import bool_condition, listed
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import Fail, Verdict

_OPEN = Fail(
    "people take it without a second factor", 'add Condition.Bool["aws:MultiFactorAuthPresent"]: "true"'
)


def _second_factor(role: Resource, _facts: Facts) -> Verdict:
    """Judge roles that an account's people may take; services and federated workloads have no fingers."""
    return trust.judged(role, _for_people, _proven, nobody="no person takes this role", broken=_OPEN)


def _proven(statement: Mapping[str, Any]) -> bool:
    return is_true(bool_condition(statement, "aws:MultiFactorAuthPresent"))


def _for_people(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    named = listed(principal.get("AWS")) if isinstance(principal, Mapping) else listed(principal)
    return any(":user/" in name or name.endswith(":root") or name == "*" for name in named)


RULE = Rule(
    name="admins-prove-who-they-are",
    says="Roles for people are taken with a second factor",
    why="A password alone is guessed, reused or phished",
    fix="Require aws:MultiFactorAuthPresent where people take the role.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)",),
        hipaa=("164.312(d)",),
        iso27001=("A.8.5",),
        soc2=("CC6.1",),
        nist=("IA-2(1)", "IA-2(2)"),
        cis=("6.5",),
    ),
    at_create={"aws:iam/role:Role": _second_factor},
)
