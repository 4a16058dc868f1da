"""A Llama of about a billion parameters at sequence 2048, in bf16 and in float8: speeds by turns, losses of a run."""

import statistics
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.train.gpt2 import Part, reset
from benchmarks.train.measure import by_turns
from benchmarks.train.ours import Ours, alone
from workloads.pretrain.float8 import CAPABILITY
from workloads.pretrain.peaks import peak, utilisation
from workloads.pretrain.shape import Shape, dial, llama
from workloads.pretrain.world import World

ROUNDS = 3
"""Trainings whose losses are compared: one training twice already ends up to 0.04 apart."""


def parts(tokens: NDArray[np.uint16], *, tiny: bool) -> dict[str, Part]:
    """Name the parts."""
    shape = dial(2, 512, 64) if tiny else llama("llama-1b", 32_768, 2048)
    micro = 2 if tiny else 8
    return {
        "llama": partial(speed, shape, tokens, micro, block=2),
        "llama loss": partial(losses, shape, tokens, micro, 10 if tiny else 120),
    }


def sides(
    world: World, shape: Shape, tokens: NDArray[np.uint16], micro: int, accumulate: int
) -> dict[str, Ours]:
    """Build ours in bf16 and, where the GPU has it, in float8."""
    both = {"bf16": Ours(shape, tokens, micro, accumulate)}
    if torch.cuda.is_available() and torch.cuda.get_device_capability() >= CAPABILITY:
        both["float8"] = Ours(shape, tokens, micro, accumulate, float8=True)
    for side in both.values():
        side.start(world)
    return both


def speed(shape: Shape, tokens: NDArray[np.uint16], micro: int, *, block: int) -> dict[str, Any]:
    """Measure steps of four micro-batches by turns."""
    reset()
    with alone() as world:
        both = sides(world, shape, tokens, micro, accumulate=4)
        steps = {name: side.step for name, side in both.items()}
        found: dict[str, Any] = dict(by_turns(steps, both["bf16"].step_tokens, rounds=5, block=block))
        for name, each in found.items():
            for kind in {"bfloat16", "float8" if name == "float8" else "bfloat16"}:
                best = peak(world.device, kind)
                each[f"mfu_of_{kind}_peak"] = utilisation(
                    each["tokens_per_second"], shape.flops_per_token, best
                )
        return found | {"shape": shape.describe(), "samples": micro}


def losses(shape: Shape, tokens: NDArray[np.uint16], micro: int, count: int) -> dict[str, Any]:
    """Train both ROUNDS times by turns, same weights, samples and rates; compare means of the last 20 steps."""
    reset()
    with alone() as world:
        both = sides(world, shape, tokens, micro, accumulate=1)
        curves: dict[str, list[list[float]]] = {name: [] for name in both}
        for _ in range(ROUNDS):
            for name, side in both.items():
                curves[name].append(side.learn(count))
    last = {name: [statistics.mean(curve[-20:]) for curve in each] for name, each in curves.items()}
    return {
        "steps": count,
        "last": {name: [round(value, 4) for value in each] for name, each in last.items()},
        "mean": {name: round(statistics.mean(each), 4) for name, each in last.items()},
        "curves": {name: [round(value, 4) for value in each[0][::4]] for name, each in curves.items()},
    }
