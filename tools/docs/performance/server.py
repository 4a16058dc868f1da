"""What was measured of the HTTP server around a model that costs nothing."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tools.docs.performance.figures import between, millis, rate, source
from tools.docs.performance.results import Node, find
from tools.docs.table import table

FILE = "serve/results/overhead.json"
_COMMAND = "python -m benchmarks.serve.overhead --out benchmarks/serve/results/overhead.json"


def lines(root: Path) -> Iterator[str]:
    """Give the tables of what was measured."""
    for found in find(root, FILE):
        yield "## The server's own time"
        yield ""
        yield (
            "HTTP around a model that costs nothing, so that what is left is the server. Client and server share the "
            "machine, and a bare application on the same web server, which parses nothing, takes turns with ours."
        )
        yield ""
        yield from _rates(found)
        yield from _highest(found)
        yield from _streams(found)
        yield from source(found, _COMMAND, _machine(found["machine"]))


def at_rate(found: Node) -> list[Node]:
    """Give the loads at a fixed rate."""
    return [found[name] for name in found.names() if "/s, " in name]


def _rates(found: Node) -> Iterator[str]:
    loads = at_rate(found)
    rounds = max((len(load["p50_ms"].numbers()) for load in loads), default=0)
    head = (
        f"requests, medians of {rounds} rounds (each round)",
        "p50, ms",
        "p99, ms",
        "server's processor, ms each",
    )
    keys = ("p50_ms", "p99_ms", "server_cpu_ms_per_request")
    yield from table(head, ((load.path[-1], *(_over(load, key) for key in keys)) for load in loads))
    busy = [value for load in loads for value in load["cores_busy_with_others"].numbers()]
    if busy:
        yield f"Others on the machine kept at most {max(busy):.2f} cores busy meanwhile."
        yield ""


def _over(load: Node, key: str) -> str:
    return f"{millis(load[f'median_{key}'].number())} ({between(load[key].numbers(), 2)})"


def _highest(found: Node) -> Iterator[str]:
    for name in found.names():
        if name.startswith("highest rate"):
            rates = found[name]["per_second"].numbers()
            ends = f"{rate(min(rates))} to {rate(max(rates))}"
            middle = f"{rate(median(rates))} requests/s, median of {len(rates)} rounds ({ends})"
            yield f"{name[:1].upper()}{name[1:]}: {middle}."
            yield ""


def _streams(found: Node) -> Iterator[str]:
    names = [name for name in found.names() if " streams of " in name]
    if names:
        head = (
            "streams at once",
            "asked",
            "answered whole",
            "refused (429)",
            "first token p50, p99, ms",
            "between tokens p50, p99, ms",
        )
        yield from table(head, (_stream(found[name]) for name in names))


def _stream(run: Node) -> tuple[object, ...]:
    statuses = run["statuses"]
    answered, refused = (statuses[code].number() if code in statuses else 0 for code in ("200", "429"))
    whole = answered - run["truncated"].number()
    return run.path[-1], rate(run["requests"].number()), f"{whole:,.0f}", f"{refused:,.0f}", *_gaps(run)


def _gaps(run: Node) -> Iterator[str]:
    for key in ("first_token_ms", "between_tokens_ms"):
        yield f"{millis(run[key]['p50'].number())}, {millis(run[key]['p99'].number())}"


def _machine(machine: Node) -> str:
    packages = ", ".join(
        f"{name} {machine.value[name]}" for name in machine.names() if name not in {"cores", "load", "nice"}
    )
    load = machine["load"].numbers()[0]
    return f"{machine['cores'].value} cores, load {load:.1f} at the start, {packages}"
