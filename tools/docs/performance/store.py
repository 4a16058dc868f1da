"""What was measured of the encrypted store."""

from collections.abc import Iterator
from pathlib import Path

from tools.docs.performance.figures import rate, source, span
from tools.docs.performance.results import Node, find
from tools.docs.table import table


def lines(root: Path) -> Iterator[str]:
    """Give the table of what was measured."""
    for found in find(root, "store/results/*.json"):
        mib = f"{found['mib'].number():g}"
        yield "## The encrypted store"
        yield ""
        yield f"One object of {mib} MiB on one disk, each way once a round, beside plain files and the bare cipher."
        yield ""
        rates = found["MBps"]
        head = ("what", "MB/s, median", "lowest to highest round")
        yield from table(head, (_row(rates[name]) for name in rates.names()))
        load = found["load"].numbers()[0]
        machine = f"{found['cpus'].value} cores, Linux {found['kernel'].value}, load {load:.1f} at the start"
        yield from source(
            found, f"python -m benchmarks.store.throughput --mib {mib} --out {found.file}", machine
        )


def _row(case: Node) -> tuple[str, ...]:
    ends = [rate(case[end].number()) for end in ("least", "most")]
    return case.path[-1], rate(case["median"].number()), span(ends)
