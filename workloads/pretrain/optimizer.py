"""AdamW with decay on matrices only, the learning rate of each step, and the gradient's norm on any mesh."""

import math
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.tensor import DTensor
from torch.optim import AdamW

from workloads.pretrain.spec import PretrainSpec

BETAS = (0.9, 0.95)
"""AdamW's averages, as GPT-3 and Llama set them."""


def make_optimizer(model: nn.Module, spec: PretrainSpec, peak: float) -> AdamW:
    """Make a fused AdamW: matrices decay, gains and biases don't; tensors of one layout go through one kernel."""
    groups: dict[object, dict[str, Any]] = {}
    for parameter in model.parameters():
        decay = spec.weight_decay if parameter.dim() >= 2 else 0.0
        layout = parameter.device_mesh if isinstance(parameter, DTensor) else None
        group = groups.setdefault((decay, layout), {"params": [], "weight_decay": decay})
        group["params"].append(parameter)
    return AdamW(list(groups.values()), lr=peak, betas=BETAS, fused=True)


def learning_rate(step: int, steps: int, peak: float) -> float:
    """Give the rate of step 0, 1, ...: a linear warm-up over 4 % (at most 2000 steps), then a cosine to a tenth."""
    warmup = max(1, min(2000, steps // 25))
    if step < warmup:
        return peak * (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return peak * (0.1 + 0.45 * (1 + math.cos(math.pi * progress)))


def gradient_norm(parameters: list[nn.Parameter], copies: int) -> Tensor:
    """Give the 2-norm of the whole gradient, equal on all processes.

    Args:
        parameters: Those of this process; a DTensor holds a shard.
        copies: Processes that hold the same part of the model when nothing is sharded (world size / pipeline stages).
    """
    squares: dict[int, list[Tensor]] = {}
    for parameter in parameters:
        gradient = parameter.grad
        if gradient is None:
            continue
        local = gradient.to_local() if isinstance(gradient, DTensor) else gradient
        squares.setdefault(_shards(gradient), []).append(local)
    device = parameters[0].device
    total = torch.zeros((), device=device)
    for shards, locals_ in squares.items():
        norms = torch.stack(torch._foreach_norm(locals_))  # noqa: SLF001 - what clip_grad_norm_ itself is built on
        total += norms.float().square().sum() * shards / copies
    if dist.get_world_size() > 1:
        dist.all_reduce(total)
    return total.sqrt()


def _shards(gradient: Tensor) -> int:
    if not isinstance(gradient, DTensor):
        return 1
    mesh = gradient.device_mesh
    sizes = [
        mesh.size(dim) for dim, placement in enumerate(gradient.placements) if not placement.is_replicate()
    ]
    return math.prod(sizes)


def clip(parameters: list[nn.Parameter], norm: Tensor, most: float) -> None:
    """Scale the gradient down to a norm of `most` when it is larger; no wait for the device."""
    factor = (most / (norm + 1e-6)).clamp(max=1.0)
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    locals_ = [each.to_local() if isinstance(each, DTensor) else each for each in gradients]
    torch._foreach_mul_(locals_, factor)
