"""The pictures of the page: training and serving, ours beside the peer."""

from collections.abc import Iterator
from pathlib import Path

from tools.docs.performance import scaling, serving, training
from tools.docs.performance.bars import PALETTES, Bar, Panel, svg
from tools.docs.performance.figures import card, model, rate
from tools.docs.performance.results import Node, find

TRAINING, SERVING = "Training: tokens a second", "Serving: tokens of answers a second"


def pictures(root: Path) -> Iterator[tuple[str, str]]:
    """Give the file name and the text of each picture; none where nothing was measured."""
    for name, title, panels, note in (
        (
            "training",
            TRAINING,
            list(_training(root)),
            "bar: median; line: quartiles; each part has its own scale",
        ),
        (
            "serving",
            SERVING,
            list(_serving(root)),
            "bar: median; line: lowest to highest round; each part has its own scale",
        ),
    ):
        if panels:
            for ground, palette in PALETTES.items():
                yield f"{name}-{ground}.svg", svg(title, panels, note, palette)


def shown(name: str, title: str) -> list[str]:
    """Write a picture into a page of docs/, by the reader's ground."""
    return [
        "<picture>",
        f'  <source media="(prefers-color-scheme: dark)" srcset="pictures/{name}-dark.svg">',
        f'  <img alt="{title}, as in the tables below" src="pictures/{name}-light.svg" width="760">',
        "</picture>",
        "",
    ]


def _training(root: Path) -> Iterator[Panel]:
    for found in find(root, "train/results/*-gpt2-speed.json")[:1]:
        name = next(one for one in found["parts"].names() if one.startswith("gpt2 micro-batch"))
        part = found["parts"][name]
        bars = [_speed(part, who, label) for who, label in training.GPT2.items() if who in part]
        yield Panel(f"GPT-2 124M, one {card(found['versions'])}, tokens/s", bars)
    for found in find(root, "train/results/*-llama.json")[:1]:
        part = found["parts"]["llama"]
        bars = [_speed(part, who, label) for who, label in training.LLAMA.items() if who in part]
        yield Panel(f"{model(part['shape'])}, one {card(found['versions'])}, tokens/s", bars)
    for found in find(root, scaling.SPEEDS)[:1]:
        yield _two(found)


def _speed(part: Node, who: str, label: str) -> Bar:
    speed = part[who]
    value = speed["tokens_per_second"].number()
    low, high = speed["quartiles"].numbers()
    times = ""
    if "ratio" in part and who in part["ratio"]:
        times = f" ({part['ratio'][who].number():.2f} times)"
    return Bar(label, value, low, high, rate(value) + times, peer=who == "nanoGPT")


def _two(found: Node) -> Panel:
    device, pair = card(found["versions"]), scaling.pairs(found, "auto")[-1]
    bars = []
    for name, label in (("one", f"one {device}"), ("fsdp2 on two", f"two {device}, FSDP2")):
        value, (low, high) = pair[name]["tokens_per_second"].number(), pair[name]["quartiles"].numbers()
        times = "" if name == "one" else f" ({pair['ratio'].number():.2f} times)"
        bars.append(Bar(label, value, low, high, rate(value) + times))
    return Panel(f"{model(found['parts']['speed']['shape'])}, bf16, {device}, tokens/s", bars)


def _serving(root: Path) -> Iterator[Panel]:
    found = serving.engines(root)
    for load, title in serving.LOADS.items():
        bars = sorted((bar for one in found for bar in _engine(found, one, load)), key=lambda bar: -bar.value)
        if bars:
            yield Panel(f"8B, one {card(found[0]['machine'])}: {title}", bars)


def _engine(found: list[Node], one: Node, load: str) -> Iterator[Bar]:
    kind = str(one["machine"]["weights"].value)
    for who, label in (("ours", f"Causeway, {kind}"), ("theirs", f"transformers, {kind}")):
        if speed := serving.measured(one, load, who):
            value, (low, high) = speed["tokens_per_s"].number(), speed["spread"].numbers()
            ratio = serving.times(found, one, load) if who == "ours" else None
            times = f" ({ratio:.1f} times)" if ratio else ""
            yield Bar(label, value, low, high, rate(value) + times, peer=who == "theirs")
