"""GPT-2 124M: speed at three micro-batches and the loss after 200 steps, ours and nanoGPT."""

import gc
import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.train.measure import by_turns, settle
from benchmarks.train.ours import Ours, alone
from benchmarks.train.peer import Peer
from workloads.pretrain.peaks import peak, utilisation
from workloads.pretrain.shape import Shape, gpt2

Part = Callable[[], dict[str, Any]]


def parts(tokens: NDArray[np.uint16], peer: Path | None, *, tiny: bool) -> dict[str, Part]:
    """Name the parts, the most wanted first."""
    shape = gpt2(512, 64, 2, 64, 2) if tiny else gpt2()
    sizes = (4,) if tiny else (64, 12, 32, 128)
    named: dict[str, Part] = {f"gpt2 micro-batch {sizes[0]}": partial(speed, shape, tokens, peer, sizes[0])}
    if peer:
        named["gpt2 loss"] = partial(losses, shape, tokens, peer, 4 if tiny else 12, 20 if tiny else 200)
    for micro in sizes[1:]:
        fits = peer if micro <= 64 else None  # nanoGPT's logits alone outgrow an 80 GB card beyond
        named[f"gpt2 micro-batch {micro}"] = partial(speed, shape, tokens, fits, micro)
    return named


def profile(tokens: NDArray[np.uint16], micro: int) -> str:
    """Give a table of the kernels in which three of our steps spend their time."""
    reset()
    with alone() as world:
        ours = Ours(gpt2(), tokens, micro)
        ours.start(world)
        for _ in range(3):
            ours.step()
        settle()
        with torch.profiler.profile() as trace:
            for _ in range(3):
                ours.step()
            settle()
    return str(
        trace.key_averages().table(sort_by="self_device_time_total", row_limit=40, max_name_column_width=90)
    )


def reset() -> None:
    """Forget compiled code and memory of the part before."""
    torch.compiler.reset()
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def speed(shape: Shape, tokens: NDArray[np.uint16], peer: Path | None, micro: int) -> dict[str, Any]:
    """Measure steps of one micro-batch by turns."""
    reset()
    with alone() as world:
        ours = Ours(shape, tokens, micro)
        ours.start(world)
        steps: dict[str, Callable[[], object]] = {"ours": ours.step}
        ours.step()
        settle()
        memory = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else 0
        if peer:
            torch._C._set_sdp_priority_order([1, 2, 0, 3, 4])  # noqa: SLF001 - torch's own order, as nanoGPT has it
            steps["nanoGPT"] = Peer(peer, shape, ours.loader).step
        block = max(2, 8 * 64 // micro) if torch.cuda.is_available() else 2
        outcome: dict[str, Any] = dict(by_turns(steps, ours.step_tokens, rounds=7, block=block))
        best = peak(world.device, "bfloat16")
        for each in list(outcome.values()):
            each["mfu"] = utilisation(each["tokens_per_second"], shape.flops_per_token, best)
        if peer:
            outcome["ratio"] = round(
                outcome["ours"]["tokens_per_second"] / outcome["nanoGPT"]["tokens_per_second"], 3
            )
        return outcome | {"memory_gib": round(memory / 2**30, 1)}


def warmed(side: Ours | Peer, done: int) -> torch.Tensor:
    """Do one step while the rate rises to its peak over 100 steps, without which the first losses are chance."""
    for group in side.optimizer.param_groups:
        group["lr"] = 6e-4 * min(1.0, (done + 1) / 100)
    return side.step()


def losses(shape: Shape, tokens: NDArray[np.uint16], peer: Path, micro: int, count: int) -> dict[str, Any]:
    """Train both from the same weights on the same samples; give the mean loss of the last 20 steps."""
    reset()
    with alone() as world:
        ours = Ours(shape, tokens, micro)
        ours.start(world)
        other = Peer(peer, shape, ours.loader)
        ours.laid.model.load_state_dict(other.weights(), strict=True)
        first = [warmed(ours, done) for done in range(count)]
        torch._C._set_sdp_priority_order([1, 2, 0, 3, 4])  # noqa: SLF001 - torch's own order, as nanoGPT has it
        second = [warmed(other, done) for done in range(count)]
        curves = {"ours": [each.item() for each in first], "nanoGPT": [each.item() for each in second]}
    last = {name: statistics.mean(curve[-20:]) for name, curve in curves.items()}
    return {
        "steps": count,
        "last": {name: round(value, 4) for name, value in last.items()},
        "difference": round(abs(last["ours"] - last["nanoGPT"]), 4),
        "curves": {
            name: [round(value, 4) for value in curve[:: max(1, count // 50)]]
            for name, curve in curves.items()
        },
    }
