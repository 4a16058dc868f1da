"""What the whole pack says about a graph, as the engine asks it."""

import dataclasses
import datetime as dt

from policy.judge.bench import Bench
from policy.judge.finding import Finding
from policy.rules import load
from tests.policy.mutations.graph import Stack

TODAY = dt.date(2026, 11, 22)
"""The day by which ages of prices are judged: a table must not fail because time goes by."""

RULES = load()


def judged(stack: Stack) -> list[Finding]:
    """Show every resource before its create, then all together with what their providers answered."""
    bench = Bench(RULES, preview=True, today=TODAY)
    early = [found for made in stack.values() for found in bench.before_create(made.resource)]
    whole = (
        dataclasses.replace(made.resource, props={**made.resource.props, **made.outputs})
        for made in stack.values()
    )
    return early + bench.whole_stack(whole)
