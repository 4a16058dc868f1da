"""Matrix products in float8 with one scale for each tensor, for GPUs of compute capability 8.9 or more.

Inputs and weights become e4m3, gradients e5m2, each scaled so that its largest number just fits. The weight itself
stays in fp32; the scales are taken anew at every use, so there is no history to save or to resume.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from workloads.pretrain.errors import RunError
from workloads.pretrain.model import Linear, Transformer

CAPABILITY = (8, 9)
"""The first GPUs with float8 products: Ada and Hopper."""


def quantize(x: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Give x in float8 and the fp32 factor that undoes the scaling."""
    largest = x.abs().amax().float().clamp(min=1e-12)
    most = torch.finfo(dtype).max
    scaled = (x.float() * (most / largest)).clamp(-most, most).to(dtype)
    return scaled, largest / most


def product(a: Tensor, b: Tensor, a_scale: Tensor, b_scale: Tensor, dtype: torch.dtype) -> Tensor:
    """Give a (m, k) @ b (k, n) in `dtype`; the kernel wants `a` by rows and `b` by columns."""
    return torch._scaled_mm(  # noqa: SLF001 - the only float8 product that torch 2.11 has
        a, b, scale_a=a_scale, scale_b=b_scale, out_dtype=dtype, use_fast_accum=True
    )


class Float8Product(Function):
    """x (tokens, in) @ weight (out, in).T with all three products of training in float8."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        """Give (tokens, out) in x's type."""
        x8, x_scale = quantize(x, torch.float8_e4m3fn)
        w8, w_scale = quantize(weight, torch.float8_e4m3fn)
        ctx.save_for_backward(x8, x_scale, w8, w_scale)
        ctx.dtypes = (x.dtype, weight.dtype)
        return product(x8, w8.t(), x_scale, w_scale, x.dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        """Give the gradients of x and weight."""
        x8, x_scale, w8, w_scale = ctx.saved_tensors
        x_type, weight_type = ctx.dtypes
        g8, g_scale = quantize(grads[0], torch.float8_e5m2)
        by_columns = w8.t().contiguous().t()
        x_grad = product(g8, by_columns, g_scale, w_scale, x_type)
        x_columns = x8.t().contiguous().t()
        weight_grad = product(g8.t().contiguous(), x_columns, g_scale, x_scale, x_type)
        return x_grad, weight_grad.to(weight_type)


class Float8Linear(Linear):
    """A linear layer whose three products are float8; sizes must be multiples of 16."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out)."""
        y: Tensor = Float8Product.apply(x.flatten(0, -2), self.weight)  # type: ignore[no-untyped-call]  # torch's own
        y = y if self.bias is None else y + self.bias.to(y.dtype)
        return y.view(*x.shape[:-1], -1)


def use_float8(model: Transformer, device: torch.device) -> None:
    """Turn the linear layers of all blocks to float8; the head stays in bf16, whose loss is sensitive."""
    if device.type != "cuda" or torch.cuda.get_device_capability(device) < CAPABILITY:
        raise RunError(f"float8 needs a GPU of compute capability 8.9 or more, this run computes on {device}")
    for block in model.layers.values():
        for part in block.modules():
            if isinstance(part, Linear) and not any(size % 16 for size in part.weight.shape):
                part.__class__ = Float8Linear
