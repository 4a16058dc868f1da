"""What was measured of the serving engine on one GPU, without HTTP."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.docs.performance.figures import rate, source, span, versions
from tools.docs.performance.results import Node, find
from tools.docs.table import table

LOADS = {
    "one": "1 request, 128 in, 256 out",
    "128x128/128": "128 requests, 128 in, 128 out",
    "64x1000/1000": "64 requests, 1000 in, 1000 out",
}
"""The loads of benchmarks/serve/engine.py, in words: requests at once, tokens of each prompt and of each answer."""

_HOW = """\
Tokens of answers a second; weights are random and answers have a fixed length. The peer runs as it comes, in bfloat16:
`generate` for one request, continuous batching (`generate_batch`) for several. Its best round is what ours is divided
by, as its first may hold its own warming up. Float8 was measured in a call of its own."""


def lines(root: Path) -> Iterator[str]:
    """Give the tables of what was measured."""
    if found := engines(root):
        yield from _one_gpu(found)


def engines(root: Path) -> list[Node]:
    """Read the files of one GPU, bfloat16 before float8."""
    return find(root, "serve/results/*-8b-bfloat16.json") + find(root, "serve/results/*-8b-float8.json")


def peer(found: Node) -> str:
    """Name whom a file has beside ours."""
    return f"transformers {found['machine']['transformers'].value}"


def measured(found: Node, load: str, who: str) -> Node | None:
    """Give what a file has of a load; None when that was not measured."""
    name = f"8b {load} {who}"
    return found[name] if name in found.names() else None


def times(found: Sequence[Node], ours: Node, load: str) -> float | None:
    """Give how many times the peer's best round a median is; None where no peer was measured on that device.

    The best round, as the peer's first one may hold its own warming up.
    """
    for one in found:
        theirs = measured(one, load, "theirs")
        if theirs and one["machine"]["device"].value == ours["machine"]["device"].value:
            return ours[f"8b {load} ours"]["tokens_per_s"].number() / max(theirs["spread"].numbers())
    return None


def _one_gpu(found: Sequence[Node]) -> Iterator[str]:
    yield "### Llama 3.1 8B's shape, one GPU"
    yield ""
    yield _HOW
    yield ""
    head = ("load", "what", "tokens/s, median", "lowest to highest round", "times the peer's best round")
    yield from table(head, (row for load in LOADS for row in _rows(found, load)))
    for one in found:
        yield from source(one, _command(one), versions(one["machine"]))
        yield from _check(one)


def _rows(found: Sequence[Node], load: str) -> Iterator[tuple[str, ...]]:
    for one in found:
        if theirs := measured(one, load, "theirs"):
            yield LOADS[load], f"{peer(one)}, {one['machine']['weights'].value}", *_speed(theirs), ""
        if ours := measured(one, load, "ours"):
            ratio = times(found, one, load)
            beside = f"{ratio:.1f}" if ratio else ""
            yield LOADS[load], f"Causeway, {one['machine']['weights'].value}", *_speed(ours), beside


def _speed(speed: Node) -> tuple[str, str]:
    spread = speed["spread"].numbers()
    width = span([rate(value) for value in spread]) if spread[0] != spread[-1] else "one round"
    return rate(speed["tokens_per_s"].number()), width


def _command(found: Node) -> str:
    spec = found["spec"]
    peers = any(name.endswith(" theirs") for name in found.names())
    checked = any(name.startswith("check ") for name in found.names())
    left_out = ("" if peers else " --no-peer") + ("" if checked else " --no-check")
    return (
        f"python -m benchmarks.serve.engine --shape 8b --weights {spec['weights'].value} "
        f"--cache-gib {spec['cache_gib'].number():g}{left_out} --out engine.json"
    )


def _check(found: Node) -> Iterator[str]:
    for name in found.names():
        if name.startswith("check "):
            kind, _, asked = name.removeprefix("check ").partition(": equal greedy tokens of ")
            same = ", ".join(f"{count:.0f}" for count in found[name].numbers())
            yield (
                f"Same weights in both, a tiny model, {kind}: of {asked} greedy tokens of each prompt, "
                f"so many came before the first that differs: {same}."
            )
            yield ""
