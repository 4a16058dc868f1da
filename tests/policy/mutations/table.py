"""Every defect of every stack, and what the pack says about it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from policy.judge.finding import Finding
from policy.model.rule import Rule
from tests.policy.mutations import graph
from tests.policy.mutations.judged import RULES, judged
from tests.policy.mutations.mutation import Mutation
from tests.policy.mutations.stacks import aws, azure, gcp, hybrid, local, onprem

STACKS: Mapping[str, tuple[Mutation, ...]] = {
    "aws-prod": aws.PROD,
    "aws-dev": aws.DEV,
    "gcp-prod": gcp.PROD,
    "gcp-dev": gcp.DEV,
    "azure-prod": azure.PROD,
    "azure-dev": azure.DEV,
    "onprem": onprem.ONPREM,
    "hybrid": hybrid.HYBRID,
    "local": local.LOCAL,
}

Said = tuple[str, str]
"""A rule's name, and the resource as `type::name`."""


@dataclass(frozen=True)
class Row:
    """One defect."""

    stack: str
    mutation: Mutation

    def __str__(self) -> str:
        """Name the row, for the test that fails."""
        return f"{self.stack}: {self.mutation.says}"

    @property
    def wanted(self) -> Said:
        """The one finding that it should bring."""
        at = self.mutation.at
        return self.mutation.rule, _root(self.stack) if at == "*" else at

    def found(self) -> list[Finding]:
        """Judge the stack with the defect, and give what was not said without it."""
        before = findings(self.stack)
        changed = self.mutation.change(self.stack, graph.stack(self.stack))
        return [one for one in judged(changed) if said(one) not in before]


def rows(stacks: Iterable[str] = STACKS) -> Iterator[Row]:
    """Give every defect of some stacks."""
    return (Row(stack, mutation) for stack in stacks for mutation in STACKS[stack])


@cache
def findings(stack: str) -> Mapping[Said, Finding]:
    """Judge a stack as it is."""
    return {said(one): one for one in judged(graph.stack(stack))}


def said(finding: Finding) -> Said:
    """Give the rule and the resource of a finding."""
    return finding.rule.name, finding.urn.split("::", 2)[2]


def topics() -> Mapping[str, Rule]:
    """Give the rules by name."""
    return {rule.name: rule for rule in RULES}


def _root(stack: str) -> str:
    return next(key for key in graph.stack(stack) if key.startswith("pulumi:pulumi:Stack::"))
