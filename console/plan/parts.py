"""The components of a stack and how they hang together."""

from collections import Counter
from collections.abc import Mapping, Sequence

from console.events import short_type
from console.plan.bill import monthly
from console.plan.model import Leaf, Node
from console.plan.recording import STACK, Step
from infra.catalog.cost.ledger import Ledger
from policy.model.environment import ENVIRONMENT


class Parts:
    """From every resource to the component at the top of it.

    Args:
        steps: Every resource of the stack.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = {step.urn: step for step in steps}
        self._tops: dict[str, str] = {}

    def name(self, urn: str) -> str:
        """Give the name of the component that a resource belongs to."""
        return self.top(urn).rsplit("::", 1)[-1]

    def top(self, urn: str) -> str:
        """Give the URN of the component, or the resource itself where it has none."""
        if urn not in self._tops:
            step = self._steps.get(urn)
            parent = step.state.parent if step else ""
            inside = parent in self._steps and self._steps[parent].type != STACK
            self._tops[urn] = self.top(parent) if inside else urn
        return self._tops[urn]

    def nodes(self, ledger: Ledger) -> tuple[Node, ...]:
        """Give every component with its resources, in the stack's order."""
        groups: dict[str, list[Step]] = {}
        for step in self._steps.values():
            if step.type not in {STACK, ENVIRONMENT} and not step.type.startswith("pulumi:providers:"):
                groups.setdefault(self.top(step.urn), []).append(step)
        return tuple(self._node(top, steps, ledger) for top, steps in sorted(groups.items()))

    def _node(self, top: str, steps: Sequence[Step], ledger: Ledger) -> Node:
        real = sorted((step for step in steps if step.state.custom), key=lambda step: step.urn)
        needed = {self.top(urn) for step in steps for urn in step.state.dependencies} - {top}
        return Node(
            name=top.rsplit("::", 1)[-1],
            kind=short_type(self._steps[top].type),
            counts=dict(sorted(Counter(step.verb for step in real).items())),
            monthly=sum(monthly(ledger, step.urn) for step in steps),
            needs=tuple(sorted(_title(urn) for urn in needed if urn in self._steps)),
            leaves=tuple(
                Leaf(step.name, short_type(step.type), step.verb, monthly(ledger, step.urn)) for step in real
            ),
        )


def _title(urn: str) -> str:
    kind, _, name = urn.rpartition("::")
    return f"{short_type(kind)} {name}"


def dependents(steps: Sequence[Step]) -> Mapping[str, tuple[str, ...]]:
    """Give for every resource what depends on it, near and far, by URN; a resource's children count."""
    near: dict[str, set[str]] = {}
    for step in steps:
        for side in (step.old, step.new):
            for urn in (*side.dependencies, side.parent) if side else ():
                near.setdefault(urn, set()).add(step.urn)
    return {step.urn: _reach(step.urn, near) for step in steps}


def _reach(urn: str, near: Mapping[str, set[str]]) -> tuple[str, ...]:
    found: set[str] = set()
    ahead = [urn]
    while ahead:
        fresh = near.get(ahead.pop(), set()) - found - {urn}
        found |= fresh
        ahead += fresh
    return tuple(sorted(found))
