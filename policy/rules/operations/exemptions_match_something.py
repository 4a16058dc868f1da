"""Every exemption is needed."""

import re

from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Level, Rule, Severity
from policy.model.verdicts import PASS, Fail, Verdict


def _needed(_stack: Resource, facts: Facts) -> Verdict:
    idle = [f"{one.rule} for {one.urn} ({one.text()})" for one in facts.idle if _here(one.urn, facts)]
    if not idle:
        return PASS
    return Fail(f"nothing needs the exemption of {'; '.join(idle)}", "remove it from policy/exemptions.yaml")


def _here(pattern: str, facts: Facts) -> bool:
    """Tell whether an exemption could be about this stack: one that names another stack is judged there."""
    named = re.match(r"urn:pulumi:([^*?:]+)::", pattern)
    stacks = {urn.split(":")[2] for urn in facts.graph.by_urn}
    return named is None or named[1] in stacks


RULE = Rule(
    name="exemptions-match-something",
    says="Every exemption is needed",
    why="An exemption that nothing needs waits for the next breach, and lets it pass",
    fix="Remove the exemption.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    frameworks=Frameworks(iso27001=("A.5.31",), soc2=("CC5.2",), nist=("CM-3",)),
    in_stack={"pulumi:pulumi:Stack": _needed},
)
