"""No team spends more a month than its cap."""

import math

from policy.model import controls, money
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Option, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Verdict, worst


def _teams(_stack: Resource, facts: Facts) -> Verdict:
    caps = _caps(facts)
    if not caps:
        return NotApplicable("no team has a cap")
    spent = facts.ledger.by_team()
    return worst(
        _judged(team, money.judged(spent[team], facts), cap) for team, cap in caps.items() if team in spent
    )


def _judged(team: str, total: float, cap: float) -> Verdict:
    if total <= cap:
        return PASS
    return Fail(
        f"team {team} spends {total:,.2f} USD a month",
        f"make it smaller, or raise budget.per_team.{team} to at least {math.ceil(total):,}",
        f"the cap of {team} is {cap:,.2f} USD a month",
    )


def _caps(facts: Facts) -> dict[str, float]:
    declared = dict(facts.environment.budget.per_team) if facts.environment else {}
    for team, cap in facts.options["perTeam"].items():
        declared[team] = min(float(cap), declared.get(team, float(cap)))
    return declared


RULE = Rule(
    name="teams-stay-under-their-caps",
    says="No team spends more a month than its cap",
    why="One team's experiment is not another team's bill",
    fix="Take fewer or smaller machines, or raise the cap of the team.",
    severity=Severity.MEDIUM,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.MONEY,
    in_stack={"pulumi:pulumi:Stack": _teams},
    options={
        "perTeam": Option(
            {},
            {"type": "object", "additionalProperties": {"type": "number"}},
            "Caps by team besides the environment's; the lower one holds.",
        ),
        "judge": Option(
            "expected",
            {"type": "string", "enum": ["min", "expected", "max"]},
            "Which end of the range is judged.",
        ),
    },
)
