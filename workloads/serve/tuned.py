"""Products of one row, the whole cost of answering a single request: our kernel where it beats the library's."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor

from workloads.serve import kernels
from workloads.serve.linear import Float8, Linear, Plain
from workloads.serve.weights import Weights


@dataclass(frozen=True, slots=True)
class Tiling:
    """How the kernel of one row cuts a weight."""

    rows: int
    """Weight rows of a program."""
    tile: int
    """Weight columns read at a time."""
    warps: int
    """Warps of a program."""


CANDIDATES = (
    Tiling(2, 2048, 4),
    Tiling(4, 1024, 4),
    Tiling(8, 512, 4),
    Tiling(16, 256, 4),
    Tiling(8, 1024, 8),
)
"""Tilings that are measured on the machine when the model is loaded."""
ROUNDS = 5
"""Measurements of each, of which the median counts."""


class RowProduct:
    """A weight whose products with a single row go through our kernel."""

    def __init__(self, base: Plain | Float8, tiling: Tiling) -> None:
        self.base, self.tiling = base, tiling

    def __call__(self, x: Tensor) -> Tensor:
        """Map (T, in) to (T, out)."""
        if x.shape[0] != 1:
            return self.base(x)
        weight, tiling = self.base.weight, self.tiling
        outer, inner = weight.shape
        out = torch.empty((1, outer), device=x.device, dtype=x.dtype)
        scaled = isinstance(self.base, Float8)
        scale = self.base.scale if isinstance(self.base, Float8) else x
        kernels.row_product_kernel[(-(-outer // tiling.rows),)](
            x, weight, scale, out, inner, outer, SCALED=scaled, ROWS=tiling.rows, TILE=tiling.tile,
            num_warps=tiling.warps,
        )  # fmt: skip
        return out


def tune(weights: Weights) -> tuple[Weights, dict[str, str]]:
    """Choose for each kind of matrix by measuring all layers of it in turn; also tell what was chosen."""
    layers, dtype = weights.layers, weights.embedding.dtype
    told: dict[str, str] = {}
    qkv, told["qkv"] = _choose([layer.qkv for layer in layers], dtype)
    out, told["out"] = _choose([layer.out for layer in layers], dtype)
    gate_up, told["gate_up"] = _choose([layer.gate_up for layer in layers], dtype)
    down, told["down"] = _choose([layer.down for layer in layers], dtype)
    head, told["head"] = _choose([weights.head], dtype)
    chosen = tuple(
        dataclasses.replace(layer, qkv=first, out=second, gate_up=third, down=fourth)
        for layer, first, second, third, fourth in zip(layers, qkv, out, gate_up, down, strict=True)
    )
    return dataclasses.replace(weights, layers=chosen, head=head[0]), told


def _choose(group: Sequence[Linear], dtype: torch.dtype) -> tuple[list[Linear], str]:
    bases = [one for one in group if isinstance(one, Plain | Float8)]
    assert len(bases) == len(group), "weights are tuned once"
    x = torch.randn(1, bases[0].weight.shape[1], device=bases[0].weight.device, dtype=dtype)
    best, told = _time(bases, x), "library"
    chosen: list[Linear] = list(bases)
    for tiling in CANDIDATES:
        ours = [RowProduct(base, tiling) for base in bases]
        taken = _time(ours, x)
        if taken < best:
            best, told, chosen = taken, f"{tiling.rows}x{tiling.tile}/{tiling.warps}", list(ours)
    moved = sum(base.weight.nbytes for base in bases)
    return chosen, f"{told} {moved / best / 1e9:.0f} GB/s"


def _time(group: Sequence[Callable[[Tensor], Tensor]], x: Tensor) -> float:
    """Give the seconds of one pass over a group, which is larger than the GPU's cache, replayed as a graph."""
    for one in group[:2]:
        one(x)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for one in group:
            one(x)
    taken: list[float] = []
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]  # torch
    for _ in range(ROUNDS):
        begin.record()
        graph.replay()
        end.record()
        end.synchronize()
        taken.append(begin.elapsed_time(end) / 1e3)
    return median(taken)
