"""The softmax of a large vocabulary in place: each row is read once from memory, once from cache, and written once."""

import torch
import triton
import triton.language as tl
from torch import Tensor

BLOCK = 8192
"""Columns that a program holds at once."""


@triton.jit  # type: ignore[untyped-decorator]  # triton carries no types
def _row(logits, targets, losses, columns: tl.constexpr, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - device code
    row = tl.program_id(0).to(tl.int64)
    begin = logits + row * columns
    target = tl.load(targets + row)
    counts = target >= 0
    hit = tl.load(begin + tl.maximum(target, 0)).to(tl.float32)
    top = tl.full((), float("-inf"), tl.float32)
    sums = tl.zeros((BLOCK,), tl.float32)
    for start in range(0, columns, BLOCK):
        place = start + tl.arange(0, BLOCK)
        values = tl.load(begin + place, mask=place < columns, other=float("-inf")).to(tl.float32)
        before = top
        top = tl.maximum(top, tl.max(values, axis=0))
        sums = sums * tl.exp(before - top) + tl.exp(values - top)
    whole = tl.sum(sums, axis=0)
    tl.store(losses + row, tl.where(counts, tl.log(whole) + top - hit, 0.0))
    factor = tl.where(counts, 1.0 / whole, 0.0)
    one = tl.where(counts, 1.0, 0.0)
    tl.debug_barrier()
    for start in range(0, columns, BLOCK):
        place = start + tl.arange(0, BLOCK)
        values = tl.load(begin + place, mask=place < columns, other=float("-inf")).to(tl.float32)
        slope = tl.exp(values - top) * factor - tl.where(place == target, one, 0.0)
        tl.store(begin + place, slope.to(logits.dtype.element_ty), mask=place < columns)


def softmax_loss_in_place(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Give the summed loss (fp32) and the slope, which takes the place of the logits (tokens, vocabulary)."""
    assert logits.is_contiguous()
    losses = torch.empty(len(logits), device=logits.device, dtype=torch.float32)
    _row[(len(logits),)](logits, targets, losses, logits.shape[1], BLOCK=BLOCK, num_warps=16)
    return losses.sum(), logits
