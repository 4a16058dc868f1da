"""What was measured of training on one GPU."""

from collections.abc import Iterator
from pathlib import Path

from tools.docs.performance import losses
from tools.docs.performance.figures import loss, model, percent, rate, source, span, versions
from tools.docs.performance.results import Node, find
from tools.docs.table import table

GPT2 = {"ours float8": "Causeway, float8", "ours": "Causeway, bf16", "nanoGPT": "nanoGPT"}
LLAMA = {"float8": "Causeway, float8", "bf16": "Causeway, bf16"}


def lines(root: Path) -> Iterator[str]:
    """Give the tables of what was measured."""
    for found in find(root, "train/results/*-gpt2-speed.json"):
        for name in found["parts"].names():
            if name.startswith("gpt2 micro-batch"):
                yield from _gpt2(found["parts"][name], name)
        yield from source(found, command(found, "--peer nanoGPT "), versions(found["versions"]))
        yield from _once(found)
    for found in find(root, "train/results/*-gpt2-losses.json"):
        yield from _gpt2_losses(found)
    for found in find(root, "train/results/*-llama.json"):
        yield from _llama(found)


def command(found: Node, options: str = "") -> str:
    """Give the command that makes a file of one GPU again."""
    return f'python -m benchmarks.train {options}--only "{",".join(found["parts"].names())}" --out results'


def quartiles(node: Node) -> str:
    """Write the quartiles of a speed."""
    return span([rate(value) for value in node["quartiles"].numbers()])


def _gpt2(part: Node, name: str) -> Iterator[str]:
    yield f"### GPT-2 124M, sequence 1024, {name.removeprefix('gpt2 ')}"
    yield ""
    there = [who for who in GPT2 if who in part]
    turns = part[there[0]]["runs"].value
    head = ("what", f"tokens/s, median of {turns} turns", "quartiles", "MFU of bf16's peak", "times nanoGPT")
    yield from table(head, (_gpt2_row(part, who) for who in there))


def _gpt2_row(part: Node, who: str) -> tuple[str, ...]:
    speed, ratio = part[who], ""
    if "ratio" in part and who in part["ratio"]:
        ratio = f"{part['ratio'][who].number():.3f}"
    mfu = percent(speed["mfu"])
    return GPT2[who], rate(speed["tokens_per_second"].number()), quartiles(speed), mfu, ratio


def _once(found: Node) -> Iterator[str]:
    """Say what the speeds' own call found of losses: with one training each it is little, so no table."""
    if "gpt2 loss" in found["parts"]:
        away = found["parts"]["gpt2 loss"]["difference"]
        said = " and ".join(
            f"{GPT2[who].partition(', ')[2]} {loss(away[who].number())}" for who in GPT2 if who in away
        )
        yield f"That call also trained each once: {said} from nanoGPT's loss. One training says little:"
        yield "those of one program from the same weights on the same samples end apart too."
        yield ""


def _gpt2_losses(found: Node) -> Iterator[str]:
    part = found["parts"]["gpt2 loss"]
    yield (
        f"Losses of {losses.trainings(part)} trainings each, same weights and samples, micro-batch 12: "
        f"the mean of the last {losses.TAIL} of {part['steps'].value} steps."
    )
    yield ""
    yield from losses.lines(part, GPT2, "nanoGPT")
    yield from source(found, command(found, "--peer nanoGPT "), versions(found["versions"]))


def _llama(found: Node) -> Iterator[str]:
    part = found["parts"]["llama"]
    yield f"### {model(part['shape'])}, one GPU"
    yield ""
    yield f"{_sentence(part['shape'])}; four micro-batches of {part['samples'].value} samples a step."
    yield ""
    turns = part["bf16"]["runs"].value
    head = (
        "what",
        f"tokens/s, median of {turns} turns",
        "quartiles",
        "MFU of bf16's peak",
        "of float8's",
        "times bf16",
    )
    yield from table(head, (_llama_row(part, who) for who in LLAMA if who in part))
    if "llama loss" in found["parts"]:
        loss_part = found["parts"]["llama loss"]
        yield (
            f"Losses of {losses.trainings(loss_part)} trainings each, same weights and samples, a run's own rates: "
            f"the mean of the last {losses.TAIL} of {loss_part['steps'].value} steps."
        )
        yield ""
        yield from losses.lines(loss_part, LLAMA, "bf16")
    yield from source(found, command(found), versions(found["versions"]))


def _llama_row(part: Node, who: str) -> tuple[str, ...]:
    speed = part[who]
    value, base = (one["tokens_per_second"].number() for one in (speed, part["bf16"]))
    of_float8 = percent(speed["mfu_of_float8_peak"]) if "mfu_of_float8_peak" in speed else ""
    beside = "" if who == "bf16" else f"{value / base:.3f}"
    return (
        LLAMA[who],
        rate(value),
        quartiles(speed),
        percent(speed["mfu_of_bfloat16_peak"]),
        of_float8,
        beside,
    )


def _sentence(shape: Node) -> str:
    text = str(shape.value)
    return text[:1].upper() + text[1:]
