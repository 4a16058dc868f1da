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
    """Round each row to eight bits: the row, and its float32 scale of shape (rows, 1)."""
    scale = x.abs().amax(dim=-1, keepdim=True).float().clamp(min=1e-12) / LARGEST
    return (x.float() / scale).clamp(-LARGEST, LARGEST).to(FLOAT8), scale


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
