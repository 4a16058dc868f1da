"""What was measured of training on two GPUs of one host."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.docs.performance import losses
from tools.docs.performance.figures import between, model, percent, rate, source, versions
from tools.docs.performance.results import Node, find
from tools.docs.performance.training import quartiles
from tools.docs.table import table

WAYS = {"alone": "one GPU", "fsdp": "FSDP2", "tensor": "tensor parallel"}
SPEEDS = "train/results/*x2-speed-*.json"
_RESHARD = "reshard_after_forward "
_HOW = """\
Both sides stay built and take turns. `auto` keeps weights gathered for a step where they fit, `always` gathers them
anew for every pass (`reshard_after_forward`). Each file is a run on its own. MFU is a GPU's, of bf16's peak."""


def lines(root: Path) -> Iterator[str]:
    """Give the tables of what was measured."""
    if runs := find(root, SPEEDS):
        yield from _speed(runs)
    for found in find(root, "train/results/*x2-losses.json"):
        yield from _losses(found)


def command(found: Node) -> str:
    """Give the command that makes a file of two GPUs again."""
    parts = ",".join(found["parts"].names())
    return (
        "python -m torch.distributed.run --nproc-per-node=2 -m benchmarks.train.mesh "
        f'--only "{parts}" --out results'
    )


def pairs(run: Node, reshard: str) -> list[Node]:
    """Give one GPU and two beside each other, for each count of micro-batches."""
    ways = run["parts"]["speed"][f"{_RESHARD}{reshard}"]
    return [ways[name] for name in ways.names() if name.endswith("micro-batch")]


def _speed(runs: Sequence[Node]) -> Iterator[str]:
    part = runs[0]["parts"]["speed"]
    yield "### Two GPUs, FSDP2"
    yield ""
    yield f"{model(part['shape'])}, bf16, {part['samples_per_gpu'].value} samples a GPU and micro-batch. {_HOW}"
    yield ""
    head = (
        "run",
        "weights",
        "micro-batches",
        "one GPU, tokens/s (quartiles), MFU",
        "two GPUs",
        "times one (each turn)",
    )
    yield from table(head, (row for number, run in enumerate(runs, 1) for row in _rows(run, number)))
    for run in runs:
        yield from source(run, command(run), versions(run["versions"]))


def _rows(run: Node, number: int) -> Iterator[tuple[object, ...]]:
    for reshard in ("auto", "always"):
        for pair in pairs(run, reshard):
            ratio = f"{pair['ratio'].number():.3f} ({between(pair['ratios'].numbers(), 3)})"
            micro = pair.path[-1].partition(" ")[0]
            yield number, f"`{reshard}`", micro, _side(pair["one"]), _side(pair["fsdp2 on two"]), ratio


def _side(speed: Node) -> str:
    return f"{rate(speed['tokens_per_second'].number())} ({quartiles(speed)}), {percent(speed['mfu'])}"


def _losses(found: Node) -> Iterator[str]:
    yield "### One GPU, FSDP2 and tensor parallel learn the same"
    yield ""
    yield "Same weights, samples and rates. One GPU alone is not equal to itself from one training to the next:"
    yield "some kernels sum in an order of chance. How far it is from itself is the measure."
    yield ""
    for name in found["parts"].names():
        part = found["parts"][name]
        yield (
            f"{model(part['shape'])}, {losses.trainings(part)} trainings each, "
            f"the mean of the last {losses.TAIL} of {part['steps'].value} steps:"
        )
        yield ""
        yield from losses.lines(part, WAYS, "alone")
        yield from _parting(part["steps_within_0.01_of_the_first_alone"])
    yield from source(found, command(found), versions(found["versions"]))


def _parting(within: Node) -> Iterator[str]:
    said = "; ".join(
        f"{WAYS[name]} {', '.join(f'{steps:.0f}' for steps in within[name].numbers())}"
        for name in WAYS
        if name in within
    )
    yield f"Steps before a training is more than 0.01 from one GPU's first: {said}."
    yield ""
