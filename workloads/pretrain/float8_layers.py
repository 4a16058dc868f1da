"""GPT-2's feed-forward part and the head in float8, with the casts inside the kernels around the products.

Narrow tensors are scaled by their largest number. A wide one, between the two products of the feed-forward part, is
scaled before it is computed, by a bound: a number of a @ b is at most the longest row of a times the longest column of
b. So it needs neither a second pass nor a history, and float8's exponents have the room.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd import Function

from workloads.pretrain.float8 import E4M3, E5M2, factors, product
from workloads.pretrain.float8_kernels import (
    SLOPE_SCALE,
    gelu_slope_to_float8,
    gelu_to_float8,
    softmax_slope,
    to_float8,
)
from workloads.pretrain.model import Gelu

STEEPEST = 1.13
"""GELU's largest slope, rounded up; it lies at the root of 2."""


class Operand(NamedTuple):
    """A matrix in float8 by rows and by columns, and the fp32 factor that undoes its scaling."""

    rows: Tensor
    columns: Tensor
    undo: Tensor


def cast(x: Tensor, dtype: torch.dtype) -> Operand:
    """Scale x (rows, columns) by its largest number."""
    factor, undo = factors(x.abs().amax(1).amax(), dtype)  # by rows first: one kernel with what made x
    return Operand(*to_float8(x, factor, dtype), undo)


def longest(x: Tensor) -> Tensor:
    """Give the largest 2-norm of a row, fp32."""
    return x.float().square().sum(1).amax().sqrt()


class Float8Feed(Function):
    """gelu(x @ up.T) @ down.T with all six products of training in float8."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, up: Tensor, down: Tensor) -> Tensor:
        """Give (tokens, width) of x (tokens, width), up (hidden, width) and down (width, hidden)."""
        ctx.weight_type = up.dtype
        up, down = up.to(x.dtype), down.to(x.dtype)
        x8, up8, down8 = cast(x, E4M3), cast(up, E4M3), cast(down, E4M3)
        before = product(x8.rows, up8.rows.t(), x8.undo, up8.undo, x.dtype)
        factor, undo = factors(longest(x) * longest(up), E4M3)
        inner = Operand(*gelu_to_float8(before, factor, E4M3), undo)
        steepest = longest(down.t()) * STEEPEST
        kept = [each for operand in (x8, up8, down8, inner) for each in operand[1:]]
        ctx.save_for_backward(before, steepest, *kept)
        return product(inner.rows, down8.rows.t(), undo, down8.undo, x.dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Give the gradients of x and of both weights."""
        before, steepest, x8, x_undo, up8, up_undo, down8, down_undo, inner8, inner_undo = ctx.saved_tensors
        (grad,), kind = grads, grads[0].dtype
        g8 = cast(grad, E5M2)
        inner_grad = product(g8.rows, down8.t(), g8.undo, down_undo, kind, fast=False)
        factor, undo = factors(longest(grad) * steepest, E5M2)
        b8 = Operand(*gelu_slope_to_float8(before, inner_grad, factor, E5M2), undo)
        x_grad = product(b8.rows, up8.t(), undo, up_undo, kind, fast=False)
        up_grad = product(b8.columns, x8.t(), undo, x_undo, kind, fast=False)
        down_grad = product(g8.columns, inner8.t(), g8.undo, inner_undo, kind, fast=False)
        return x_grad, up_grad.to(ctx.weight_type), down_grad.to(ctx.weight_type)


class Float8Gelu(Gelu):
    """GPT-2's feed-forward part without biases; tokens and sizes must be multiples of 16."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., width) to (..., width)."""
        y: Tensor = Float8Feed.apply(x.flatten(0, -2), self.up.weight, self.down.weight)  # type: ignore[no-untyped-call]  # torch's own
        return y.view(x.shape)


class Float8Head:
    """The head's three products of a training step; tokens of a chunk must be a multiple of 16."""

    def __init__(self, weight: Tensor, _kernels: object) -> None:
        self.dtype, self.weight = weight.dtype, _cast_once(weight)
        self.slope_undo = torch.full((), 1 / SLOPE_SCALE, device=weight.device)

    def chunk(self, rows: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Give loss and gradients of a chunk."""
        rows8, weight = _cast_once(rows), self.weight
        logits = product(rows8.rows, weight.rows.t(), rows8.undo, weight.undo, self.dtype)
        loss, (slope, slope_columns) = softmax_slope(logits, targets, E5M2)
        x_grad = product(slope, weight.columns.t(), self.slope_undo, weight.undo, self.dtype, fast=False)
        weight_grad = product(
            slope_columns, rows8.columns.t(), self.slope_undo, rows8.undo, self.dtype, fast=False
        )
        return loss, x_grad, weight_grad


def _cast_once(x: Tensor) -> Operand:
    """Scale x as `cast` does, in code that is not compiled: its largest number in one kernel, without a copy."""
    factor, undo = factors(torch.linalg.vector_norm(x, float("inf")), E4M3)
    return Operand(*to_float8(x, factor, E4M3), undo)
