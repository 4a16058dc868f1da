"""Matrix products in float8 with one scale for each tensor, for GPUs of compute capability 8.9 or more.

Inputs and weights become e4m3, gradients e5m2, each scaled so that its largest number just fits. The weight itself
stays in fp32; the scales are taken anew at every use, so there is no history to save or to resume.
"""

import dataclasses
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.distributed.tensor import DTensor

from workloads.pretrain.errors import RunError
from workloads.pretrain.model import Block, Gelu, Linear, Transformer

CAPABILITY = (8, 9)
"""The first GPUs with float8 products: Ada and Hopper."""

E4M3, E5M2 = torch.float8_e4m3fn, torch.float8_e5m2
"""The kind of inputs and weights, and that of gradients."""


def factors(largest: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Give the fp32 factor that makes the largest number just fit, and the one that undoes it."""
    most = torch.finfo(dtype).max
    largest = largest.float().clamp(min=1e-12)
    return most / largest, largest / most


def quantize(x: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Give x in float8 and the fp32 factor that undoes the scaling."""
    factor, undo = factors(x.abs().amax(), dtype)
    most = torch.finfo(dtype).max
    return (x.float() * factor).clamp(-most, most).to(dtype), undo


def product(
    a: Tensor, b: Tensor, a_scale: Tensor, b_scale: Tensor, dtype: torch.dtype, *, fast: bool = True
) -> Tensor:
    """Give a (m, k) @ b (k, n) in `dtype`; the kernel wants `a` by rows and `b` by columns.

    A fast sum stays in the tensor cores' own registers, about 14 bits wide: beside a large term it loses small ones.
    """
    return torch._scaled_mm(  # noqa: SLF001 - the only float8 product that torch 2.11 has
        a, b, scale_a=a_scale, scale_b=b_scale, out_dtype=dtype, use_fast_accum=fast
    )


class Float8Product(Function):
    """x (tokens, in) @ weight (out, in).T, all three products of training in float8; gradients are summed in fp32."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        """Give (tokens, out) in x's type."""
        x8, x_scale = quantize(x, E4M3)
        w8, w_scale = quantize(weight, E4M3)
        ctx.save_for_backward(x8, x_scale, w8, w_scale)
        ctx.dtypes = (x.dtype, weight.dtype)
        return product(x8, w8.t(), x_scale, w_scale, x.dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        """Give the gradients of x and weight."""
        x8, x_scale, w8, w_scale = ctx.saved_tensors
        x_type, weight_type = ctx.dtypes
        g8, g_scale = quantize(grads[0], E5M2)
        by_columns = w8.t().contiguous().t()
        x_grad = product(g8, by_columns, g_scale, w_scale, x_type, fast=False)
        x_columns = x8.t().contiguous().t()
        weight_grad = product(g8.t().contiguous(), x_columns, g_scale, x_scale, x_type, fast=False)
        return x_grad, weight_grad.to(weight_type)


class Float8Linear(Linear):
    """A linear layer whose three products are float8; sizes must be multiples of 16."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out)."""
        y: Tensor = Float8Product.apply(x.flatten(0, -2), self.weight)  # type: ignore[no-untyped-call]  # torch's own
        y = y if self.bias is None else y + self.bias.to(y.dtype)
        return y.view(*x.shape[:-1], -1)


def use_float8(model: Transformer, device: torch.device) -> None:
    """Turn the blocks' products to float8, and the head's where the feed-forward parts are GPT-2's.

    GPT-2's attention stays in bf16: at its width the casts take what the products save.
    """
    if device.type != "cuda" or torch.cuda.get_device_capability(device) < CAPABILITY:
        raise RunError(f"float8 needs a GPU of compute capability 8.9 or more, this run computes on {device}")
    from workloads.pretrain.float8_layers import (
        Float8Gelu,
        Float8Head,
    )  # Triton comes with torch for GPUs alone

    for block in model.layers.values():
        assert isinstance(block, Block)
        if _fuses(block.mlp):
            block.mlp.__class__ = Float8Gelu
            model.kernels = dataclasses.replace(model.kernels, head=Float8Head)
            continue
        for part in block.modules():
            if isinstance(part, Linear) and not any(size % 16 for size in part.weight.shape):
                part.__class__ = Float8Linear


def _fuses(part: nn.Module) -> bool:
    """Tell whether a feed-forward part is GPT-2's: two matrices of sizes that fit, not cut over devices, no biases."""
    weights = list(part.parameters())
    whole = all(
        not isinstance(each, DTensor) and not any(size % 16 for size in each.shape) for each in weights
    )
    return isinstance(part, Gelu) and len(weights) == 2 and whole
