"""What was measured of the serving engine over several GPUs of one host."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.docs.performance.figures import rate, source, versions
from tools.docs.performance.results import Node, find
from tools.docs.performance.serving import LOADS
from tools.docs.table import table

_DIFFER = """\
Their greedy answers differ: in bfloat16 sums in another order part near ties. In float32, on two processors, they
don't (`tests/workloads/serve/test_parallel.py`)."""


def lines(root: Path) -> Iterator[str]:
    """Give the table of what was measured."""
    if teams := find(root, "serve/results/*-8b-tp*.json"):
        yield from _tables(teams)


def _tables(teams: Sequence[Node]) -> Iterator[str]:
    yield "### The same over two GPUs, tensor parallel"
    yield ""
    yield "bfloat16, one round in a call of its own each."
    yield ""
    loads = [load for load in LOADS if all(load in one for one in teams)]
    yield from table(
        ("GPUs", *(f"{LOADS[load]}: tokens/s" for load in loads)),
        (
            (one["started"]["processes"].value, *(_beside(one, teams[0], load) for load in loads))
            for one in teams
        ),
    )
    if len({one["greedy answers"]["sha256"].value for one in teams}) > 1:
        yield _DIFFER
        yield ""
    for one in teams:
        yield from source(one, _command(one), _device(one))


def _beside(one: Node, first: Node, load: str) -> str:
    value, base = (node[load]["tokens_per_s"].number() for node in (one, first))
    return rate(value) if one is first else f"{rate(value)} ({value / base:.2f} times)"


def _device(one: Node) -> str:
    if "machine" in one:
        return versions(one["machine"])
    return f"{one.file.rpartition('/')[2].partition('-')[0].upper()} by its name; the file notes no versions"


def _command(found: Node) -> str:
    count = found["started"]["processes"].value
    return (
        f"python -m benchmarks.serve.team --folder /tmp/8b --shape 8b --accelerators {count} --out team.json"
    )
