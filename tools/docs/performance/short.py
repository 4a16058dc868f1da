"""The few figures that answer "is it fast?", for the head of the page and the README."""

from collections.abc import Iterator
from pathlib import Path

from tools.docs.performance import scaling, server, serving
from tools.docs.performance.figures import between, card, millis, model, rate
from tools.docs.performance.results import Node, find
from tools.docs.table import table

LOAD = "128x128/128"


def lines(root: Path) -> list[str]:
    """Write the table; only what was measured has a row, and without any there is no table."""
    rows = list(_rows(root))
    return table(("", "measured", "beside"), rows) if rows else []


def _rows(root: Path) -> Iterator[tuple[str, str, str]]:
    for found in find(root, "train/results/*-gpt2-speed.json")[:1]:
        yield from _gpt2(found)
    if runs := find(root, scaling.SPEEDS):
        yield _two(runs)
    if engines := serving.engines(root):
        yield _serving(engines)
    for found in find(root, server.FILE):
        yield _server(found)


def _gpt2(found: Node) -> Iterator[tuple[str, str, str]]:
    name = next(one for one in found["parts"].names() if one.startswith("gpt2 micro-batch"))
    part = found["parts"][name]
    kinds = [(who, kind) for who, kind in (("ours float8", "float8"), ("ours", "bf16")) if who in part]
    speeds = [f"{rate(part[who]['tokens_per_second'].number())} in {kind}" for who, kind in kinds]
    if "ratio" in part:
        times = " and ".join(f"{part['ratio'][who].number():.2f}" for who, _ in kinds)
        yield f"training GPT-2 124M, one {card(found['versions'])}", _tokens(speeds), f"{times} times nanoGPT"


def _two(runs: list[Node]) -> tuple[str, str, str]:
    pairs = [pair for run in runs for pair in scaling.pairs(run, "auto")]
    device = card(runs[0]["versions"])
    speeds = sorted(pair["fsdp2 on two"]["tokens_per_second"].number() for pair in pairs)
    ratios = between([pair["ratio"].number() for pair in pairs], 2)
    what = f"training {model(runs[0]['parts']['speed']['shape'])}, two {device}, FSDP2"
    return what, f"{rate(speeds[0])} to {rate(speeds[-1])} tokens/s", f"{ratios} times one {device}"


def _serving(engines: list[Node]) -> tuple[str, str, str]:
    there = [one for one in engines if serving.measured(one, LOAD, "ours")]
    speeds, ratios = [], []
    for one in there:
        speed = one[f"8b {LOAD} ours"]["tokens_per_s"].number()
        speeds.append(f"{rate(speed)} in {one['machine']['weights'].value}")
        if (ratio := serving.times(engines, one, LOAD)) is not None:
            ratios.append(f"{ratio:.1f}")
    what = f"serving an 8B, one {card(engines[0]['machine'])}, 128 requests at once"
    beside = (
        f"{' and '.join(ratios)} times {serving.peer(engines[0])}'s best round in bfloat16" if ratios else ""
    )
    return what, _tokens(speeds), beside


def _server(found: Node) -> tuple[str, str, str]:
    middle = {
        load.path[-1].partition(", ")[2]: load["median_p50_ms"].number() for load in server.at_rate(found)
    }
    what = f"the server itself, 500 requests/s, {found['machine']['cores'].value} cores"
    return (
        what,
        f"{millis(middle['1 token'])} ms at the median",
        f"{millis(middle['bare application'])} ms of a bare application",
    )


def _tokens(speeds: list[str]) -> str:
    return f"{' and '.join(speeds)}, tokens/s"
