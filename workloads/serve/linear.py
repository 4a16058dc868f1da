"""Matrix products with the weight formats that the server knows: as trained, or eight-bit floats."""

from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import linear

FLOAT8 = torch.float8_e4m3fn
LARGEST = 448.0
"""Largest finite value of float8_e4m3fn."""


class Linear(Protocol):
    """A weight of shape (out, in) that multiplies rows."""

    def __call__(self, x: Tensor) -> Tensor:
        """Map (T, in) to (T, out)."""


class Plain:
    """The weight in the type of the activations."""

    def __init__(self, weight: Tensor) -> None:
        self.weight = weight

    def __call__(self, x: Tensor) -> Tensor:
        """Map (T, in) to (T, out)."""
        return linear(x, self.weight)


def quantize(x: Tensor) -> tuple[Tensor, Tensor]:
    """Round each row to eight bits: the rows, and their float32 scales of shape (rows, 1)."""
    if x.is_cuda:
        return _quantize_cuda(x)
    scale = x.abs().amax(dim=-1, keepdim=True).float().clamp(min=1e-12) / LARGEST
    return (x.float() / scale).clamp(-LARGEST, LARGEST).to(FLOAT8), scale


def _quantize_cuda(x: Tensor) -> tuple[Tensor, Tensor]:
    """Round in one pass over the rows."""
    import triton

    from workloads.serve.kernels import quantize_kernel

    rounded = torch.empty(x.shape, device=x.device, dtype=FLOAT8)
    scale = torch.empty((x.shape[0], 1), device=x.device, dtype=torch.float32)
    size = triton.next_power_of_2(x.shape[1])
    quantize_kernel[(x.shape[0],)](x, rounded, scale, x.shape[1], LARGEST=LARGEST, SIZE=size, num_warps=8)
    return rounded, scale


class Float8:
    """Eight-bit weight with one scale a row.

    Activations are rounded a row at a time where the device multiplies eight-bit floats, else the weight is widened.
    """

    def __init__(self, weight: Tensor) -> None:
        self.weight, self.scale = quantize(weight)
        self.native = weight.is_cuda and torch.cuda.get_device_capability(weight.device) >= (8, 9)

    def __call__(self, x: Tensor) -> Tensor:
        """Map (T, in) to (T, out)."""
        if not self.native:
            return linear(x, self.weight.to(x.dtype)) * self.scale.squeeze(1).to(x.dtype)
        rows, scale = quantize(x)
        return torch._scaled_mm(  # noqa: SLF001 - torch has no public name for its float8 product yet
            rows, self.weight.t(), scale, self.scale.t(), out_dtype=x.dtype, use_fast_accum=True
        )
