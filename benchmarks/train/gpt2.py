"""GPT-2 124M: speed at four micro-batches and the loss after 200 steps, ours in bf16 and float8, and nanoGPT."""

import copy
import gc
import statistics
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.train.measure import by_turns, settle
from benchmarks.train.ours import Ours, alone
from benchmarks.train.peer import Peer
from workloads.pretrain.float8 import CAPABILITY
from workloads.pretrain.peaks import peak, utilisation
from workloads.pretrain.shape import Shape, gpt2
from workloads.pretrain.world import World

Part = Callable[[], dict[str, Any]]

ROUNDS = 5
"""Trainings whose losses are compared: those of one program on the same samples end up to 0.02 apart by rounding."""


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
        sides = ours_of(world, shape, tokens, micro)
        ours = sides["ours"]
        steps: dict[str, Callable[[], object]] = {name: side.step for name, side in sides.items()}
        ours.step()
        settle()
        memory = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else 0
        for side in sides.values():
            side.step()  # compiled before the switch below, which is for nanoGPT alone
        if peer:
            torch._C._set_sdp_priority_order([1, 2, 0, 3, 4])  # noqa: SLF001 - torch's own order, as nanoGPT has it
            steps["nanoGPT"] = Peer(peer, shape, ours.loader).step
        block = max(2, 8 * 64 // micro) if torch.cuda.is_available() else 2
        outcome: dict[str, Any] = dict(by_turns(steps, ours.step_tokens, rounds=7, block=block))
        best = peak(world.device, "bfloat16")
        for each in list(outcome.values()):
            each["mfu"] = utilisation(each["tokens_per_second"], shape.flops_per_token, best)
        if peer:
            outcome["ratio"] = {
                name: round(outcome[name]["tokens_per_second"] / outcome["nanoGPT"]["tokens_per_second"], 3)
                for name in sides
            }
        return outcome | {"memory_gib": round(memory / 2**30, 1)}


def ours_of(world: World, shape: Shape, tokens: NDArray[np.uint16], micro: int) -> dict[str, Ours]:
    """Build ours in bf16 and, where the GPU has it, in float8."""
    sides = {"ours": Ours(shape, tokens, micro)}
    if torch.cuda.is_available() and torch.cuda.get_device_capability() >= CAPABILITY:
        sides["ours float8"] = Ours(shape, tokens, micro, float8=True)
    for side in sides.values():
        side.start(world)
    return sides


def warmed(side: Ours | Peer, done: int) -> torch.Tensor:
    """Do one step while the rate rises to its peak over 100 steps, without which the first losses are chance."""
    for group in side.optimizer.param_groups:
        group["lr"] = 6e-4 * min(1.0, (done + 1) / 100)
    return side.step()


def train(side: Ours | Peer, weights: Mapping[str, torch.Tensor], count: int) -> list[float]:
    """Give the losses of a training from these weights on the first samples."""
    side.module.load_state_dict(weights, strict=True)
    side.optimizer.state.clear()
    side.done = 0
    curve: list[float] = torch.stack([warmed(side, done) for done in range(count)]).tolist()
    return curve


def losses(shape: Shape, tokens: NDArray[np.uint16], peer: Path, micro: int, count: int) -> dict[str, Any]:
    """Train all, ROUNDS times, from the same weights on the same samples; compare means of the last 20 steps."""
    reset()
    with alone() as world:
        sides = ours_of(world, shape, tokens, micro)
        other = Peer(peer, shape, sides["ours"].loader)
        everyone: dict[str, Ours | Peer] = {**sides, "nanoGPT": other}
        ours_first, theirs_first = other.weights(), copy.deepcopy(other.module.state_dict())
        curves: dict[str, list[list[float]]] = {name: [] for name in everyone}
        for _ in range(ROUNDS):
            for name, side in everyone.items():
                if name == "nanoGPT":
                    torch._C._set_sdp_priority_order([1, 2, 0, 3, 4])  # noqa: SLF001 - torch's own order, as nanoGPT has it
                curves[name].append(train(side, ours_first if name in sides else theirs_first, count))
    last = {name: [statistics.mean(curve[-20:]) for curve in each] for name, each in curves.items()}
    mean = {name: statistics.mean(each) for name, each in last.items()}
    return {
        "steps": count,
        "last": {name: [round(value, 4) for value in each] for name, each in last.items()},
        "mean": {name: round(value, 4) for name, value in mean.items()},
        "difference": {name: round(abs(mean[name] - mean["nanoGPT"]), 4) for name in sides},
        "curves": {
            name: [round(value, 4) for value in each[0][:: max(1, count // 50)]]
            for name, each in curves.items()
        },
    }
