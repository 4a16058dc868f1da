"""A Llama of about a billion parameters at sequence 2048, in bf16 and in float8."""

from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.train.gpt2 import Part, reset
from benchmarks.train.measure import by_turns
from benchmarks.train.ours import Ours, alone
from workloads.pretrain.peaks import peak, utilisation
from workloads.pretrain.shape import dial, llama


def parts(tokens: NDArray[np.uint16], *, tiny: bool) -> dict[str, Part]:
    """Name the parts; float8 only where a GPU has it."""
    named: dict[str, Part] = {"llama bf16": partial(speed, tokens, tiny=tiny, float8=False)}
    if torch.cuda.is_available():
        named["llama float8"] = partial(speed, tokens, tiny=tiny, float8=True)
    return named


def speed(tokens: NDArray[np.uint16], *, tiny: bool, float8: bool) -> dict[str, Any]:
    """Measure steps of four micro-batches."""
    reset()
    shape = dial(2, 512, 64) if tiny else llama("llama-1b", 32_768, 2048)
    with alone() as world:
        ours = Ours(shape, tokens, 2 if tiny else 8, accumulate=4, float8=float8, rate=3e-4)
        ours.start(world)
        outcome = by_turns(
            {"ours": ours.step}, ours.step_tokens, rounds=2 if tiny else 5, block=2 if tiny else 4
        )["ours"]
        losses = [ours.step().item() for _ in range(3)]
        best = peak(world.device, "bfloat16")
        outcome["mfu_of_bf16_peak"] = utilisation(outcome["tokens_per_second"], shape.flops_per_token, best)
        if float8:
            best = peak(world.device, "float8")
            outcome["mfu_of_float8_peak"] = utilisation(
                outcome["tokens_per_second"], shape.flops_per_token, best
            )
        memory = torch.cuda.max_memory_allocated() / 2**30 if torch.cuda.is_available() else 0
        return outcome | {"shape": shape.describe(), "losses": losses, "memory_gib": round(memory, 1)}
