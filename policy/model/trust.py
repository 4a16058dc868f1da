"""Who may take a role of AWS: the statements of its trust policy that a rule is about."""

from collections.abc import Callable, Mapping
from typing import Any

from infra.catalog.values import UNKNOWN
from policy.model.documents import statements
from policy.model.resource import Resource
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict

Statement = Mapping[str, Any]


def judged(
    role: Resource,
    picks: Callable[[Statement], bool],
    keeps: Callable[[Statement], bool],
    *,
    nobody: str,
    broken: Fail,
) -> Verdict:
    """Judge the statements that let somebody in.

    Args:
        role: The role.
        picks: Whether an allowing statement is one that the rule is about.
        keeps: Whether such a statement keeps the rule; all of them have to.
        nobody: Why the rule is not about a role that has none.
        broken: What to say of a role of which one does not.
    """
    policy = role.get("assumeRolePolicy")
    if policy is UNKNOWN:
        return Unverified("assumeRolePolicy is not known before the update", "assumeRolePolicy")
    chosen = [one for one in statements(policy) if one.get("Effect") == "Allow" and picks(one)]
    if not chosen:
        return NotApplicable(nobody)
    return PASS if all(map(keeps, chosen)) else broken
