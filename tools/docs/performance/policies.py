"""What was measured of the policy pack."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tools.docs.performance.figures import between, source
from tools.docs.performance.results import Node, find
from tools.docs.table import table


def lines(root: Path) -> Iterator[str]:
    """Give the table of what was measured."""
    for found in find(root, "policy/results/*.json"):
        counts, machine = found["resources"], found["machine"]
        yield "## Policies"
        yield ""
        rules = f"{found['rules'].number():.0f}"
        yield f"Resources through all {rules} rules, each before its creation and then all as a stack."
        yield ""
        head = ("resources", "seconds, median", "lowest to highest round", "findings")
        yield from table(head, (_row(counts[name]) for name in counts.names()))
        where = f"{machine['cores'].value} cores, load {machine['load'].number():.1f}, Python {machine['python'].value}"
        yield from source(found, _command(found), where)


def _command(found: Node) -> str:
    counts = found["resources"]
    rounds = max((len(counts[name]["seconds"].numbers()) for name in counts.names()), default=0)
    return f"python -m benchmarks.policy.thousand {' '.join(counts.names())} --rounds {rounds} --out {found.file}"


def _row(count: Node) -> tuple[str, ...]:
    seconds = count["seconds"].numbers()
    return (
        count.path[-1],
        f"{median(seconds):.2f}",
        between(seconds, 2),
        f"{count['findings'].number():,.0f}",
    )
