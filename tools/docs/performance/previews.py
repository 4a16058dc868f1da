"""What was measured of previews, beside programs that register the same resources with no thought at all."""

from collections.abc import Iterator
from pathlib import Path

from tools.docs.performance.figures import between, source
from tools.docs.performance.results import Node, find
from tools.docs.table import table


def lines(root: Path) -> Iterator[str]:
    """Give the table of what was measured."""
    for found in find(root, "preview/results/*.json"):
        stacks = found["stacks"]
        yield "## Previews"
        yield ""
        yield "`pulumi preview` of a stack from nothing, in turn with a bare program that registers the same resources"
        yield "before the same stand-ins."
        yield ""
        head = (
            "stack",
            "resources",
            "preview, s",
            "bare program, s",
            "ratio (each round)",
            "ratio of processor time",
            "load",
        )
        yield from table(head, (_row(stacks[name]) for name in stacks.names()))
        machine = found["machine"]
        where = f"{machine['cores'].value} cores, Python {machine['python'].value}"
        yield from source(found, _command(found), where)


def _command(found: Node) -> str:
    stacks = found["stacks"]
    rounds = max((len(stacks[name]["clock"]["ratios"].numbers()) for name in stacks.names()), default=0)
    return f"python -m benchmarks.preview {' '.join(stacks.names())} --rounds {rounds} --out {found.file}"


def _row(stack: Node) -> tuple[str, ...]:
    clock = stack["clock"]
    seconds = (f"{clock[side].number():.2f}" for side in ("ours", "bare"))
    ratios = (
        f"{part['ratio'].number():.2f} ({between(part['ratios'].numbers(), 2)})"
        for part in (clock, stack["processor"])
    )
    return (
        stack.path[-1],
        f"{stack['resources'].number():.0f}",
        *seconds,
        *ratios,
        f"{stack['load'].number():.1f}",
    )
