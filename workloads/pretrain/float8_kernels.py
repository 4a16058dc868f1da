"""Numbers to float8 on the GPU, by rows and by columns in one pass, together with the arithmetic that makes them.

A float8 product wants its left side by rows and its right side by columns, and training needs most operands both ways:
a kernel reads a tile once and writes it twice. GELU, its slope and the softmax's slope are computed on the way, so that
no bf16 copy of them is ever written.
"""

# ruff: noqa: ANN001, ANN202, PLR0917 - a kernel's arguments are pointers and compile-time numbers
# mypy: disable-error-code="no-untyped-def,no-untyped-call,untyped-decorator"

import torch
import triton
import triton.language as tl
from torch import Tensor

BLOCK = 2048
"""Columns of logits that a program holds at once."""

SIDE = 64
"""Rows and columns of a tile."""

SLOPE_SCALE = 32_768.0
"""Factor of the softmax's slope, whose numbers are within [-1, 1]: the largest power of two that e5m2 holds."""

Pair = tuple[Tensor, Tensor]
"""The same numbers as (rows, columns) and as (columns, rows), both contiguous."""


@triton.jit
def _tile(S: tl.constexpr):
    return tl.program_id(1) * S + tl.arange(0, S), tl.program_id(0) * S + tl.arange(0, S)


@triton.jit
def _load(x, row, column, rows, columns):
    kept = (row < rows)[:, None] & (column < columns)[None, :]
    place = row.to(tl.int64)[:, None] * columns + column[None, :]
    return tl.load(x + place, mask=kept, other=0.0).to(tl.float32)


@triton.jit
def _store_both(values, by_rows, by_columns, row, column, rows, columns):
    kind = by_rows.dtype.element_ty
    kept = (row < rows)[:, None] & (column < columns)[None, :]
    # turned in 16 bits and widened again: Triton 3.6 spoils float8 tiles that it turns (triton-lang/triton#11111)
    values = values.to(tl.bfloat16)
    tl.store(by_rows + row.to(tl.int64)[:, None] * columns + column[None, :], values.to(kind), mask=kept)
    turned = column.to(tl.int64)[:, None] * rows + row[None, :]
    tl.store(by_columns + turned, tl.trans(values).to(tl.float32).to(kind), mask=tl.trans(kept))


@triton.jit
def _normal(x):
    """Give the normal distribution below x and its density; Abramowitz and Stegun 7.1.26, off by 1e-7 at most."""
    bell = tl.exp(-0.5 * x * x)
    t = 1.0 / (1.0 + 0.3275911 * 0.7071067811865476 * tl.abs(x))
    tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    tail *= 0.5 * bell
    return tl.where(x < 0, tail, 1.0 - tail), bell * 0.3989422804014327


@triton.jit
def _cast(x, other, factor, by_rows, by_columns, rows, columns, what: tl.constexpr, S: tl.constexpr):
    row, column = _tile(S)
    values = _load(x, row, column, rows, columns)
    if what == "gelu":
        below, _ = _normal(values)
        values *= below
    if what == "gelu slope":
        below, bell = _normal(values)
        values = _load(other, row, column, rows, columns) * (below + values * bell)
    _store_both(values * tl.load(factor), by_rows, by_columns, row, column, rows, columns)


@triton.jit
def _log_sum(logits, targets, losses, sums, columns: tl.constexpr, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    begin = logits + row * columns
    target = tl.load(targets + row)
    hit = tl.load(begin + tl.maximum(target, 0)).to(tl.float32)
    top = tl.full((BLOCK,), -1e30, tl.float32)
    total = tl.zeros((BLOCK,), tl.float32)
    for start in range(0, columns, BLOCK):
        place = start + tl.arange(0, BLOCK)
        values = tl.load(begin + place, mask=place < columns, other=float("-inf")).to(tl.float32)
        before = top
        top = tl.maximum(top, values)
        total = total * tl.exp(before - top) + tl.exp(values - top)
    highest = tl.max(top, axis=0)
    log_sum = tl.log(tl.sum(total * tl.exp(top - highest), axis=0)) + highest
    tl.store(losses + row, tl.where(target >= 0, log_sum - hit, 0.0))
    tl.store(sums + row, log_sum)


@triton.jit
def _softmax_slope(
    logits, targets, sums, by_rows, by_columns, rows, columns, scale: tl.constexpr, S: tl.constexpr
):
    row, column = _tile(S)
    target = tl.load(targets + row, mask=row < rows, other=-1)[:, None]
    log_sum = tl.load(sums + row, mask=row < rows, other=0.0)[:, None]
    values = tl.exp(_load(logits, row, column, rows, columns) - log_sum)
    values = tl.where(column[None, :] == target, values - 1.0, values)
    values = tl.where(target >= 0, values, 0.0) * scale
    _store_both(values, by_rows, by_columns, row, column, rows, columns)


def _grid(x: Tensor) -> tuple[int, int]:
    return triton.cdiv(x.shape[1], SIDE), triton.cdiv(x.shape[0], SIDE)


def _empty_pair(x: Tensor, dtype: torch.dtype) -> Pair:
    rows, columns = x.shape
    return x.new_empty((rows, columns), dtype=dtype), x.new_empty((columns, rows), dtype=dtype)


def _both(what: str, x: Tensor, other: Tensor, factor: Tensor, dtype: torch.dtype) -> Pair:
    rows, columns = x.shape
    pair = _empty_pair(x, dtype)
    _cast[_grid(x)](
        x.contiguous(), other.contiguous(), factor, *pair, rows, columns, what=what, S=SIDE, num_warps=4
    )
    return pair


def to_float8(x: Tensor, factor: Tensor, dtype: torch.dtype) -> Pair:
    """Give x (rows, columns) times an fp32 factor on its device."""
    return _both("plain", x, x, factor, dtype)


def gelu_to_float8(x: Tensor, factor: Tensor, dtype: torch.dtype) -> Pair:
    """Give GELU, by the error function, of x (rows, columns) times a factor."""
    return _both("gelu", x, x, factor, dtype)


def gelu_slope_to_float8(x: Tensor, grad: Tensor, factor: Tensor, dtype: torch.dtype) -> Pair:
    """Give the gradient before GELU times a factor, of x before it and of the gradient after it."""
    return _both("gelu slope", x, grad, factor, dtype)


def softmax_slope(logits: Tensor, targets: Tensor, dtype: torch.dtype) -> tuple[Tensor, Pair]:
    """Give the summed loss (fp32) of logits (tokens, vocabulary) and its slope times SLOPE_SCALE."""
    rows, columns = logits.shape
    losses, sums = logits.new_empty((2, rows), dtype=torch.float32)
    _log_sum[(rows,)](logits, targets, losses, sums, columns, BLOCK=BLOCK, num_warps=8)
    pair = _empty_pair(logits, dtype)
    _softmax_slope[_grid(logits)](
        logits, targets, sums, *pair, rows, columns, scale=SLOPE_SCALE, S=SIDE, num_warps=4
    )
    return losses.sum(), pair
