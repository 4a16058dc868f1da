"""The small operations of a Llama on an NVIDIA GPU, by the kernels of this folder."""

import torch
import triton
from torch import Tensor

from workloads.serve import kernels
from workloads.serve.layout import Ints, Layout
from workloads.serve.ops import Step

ROWS = 64
"""Prompt tokens of one program of the prefill kernel."""
TILE = 64
"""Cached tokens that an attention program reads at a time."""
FILL = 4
"""Programs wanted for each multiprocessor before a sequence is no longer split."""
MOST_SPLITS = 32
"""Parts of a sequence at most."""


class CudaOps:
    """Triton kernels, launched on the current stream. `processors` decides how far decoding is split."""

    def __init__(self, device: torch.device, processors: int) -> None:
        self.device, self.processors = device, processors

    def step(self, layout: Layout) -> Step:
        """Bring a layout to the device without waiting."""

        def bring(array: Ints) -> Tensor:
            host = torch.from_numpy(array)
            return (
                host.pin_memory().to(self.device, non_blocking=True) if self.device.type == "cuda" else host
            )

        return Step(
            tokens=bring(layout.tokens),
            positions=bring(layout.positions),
            slots=bring(layout.slots),
            tables=bring(layout.tables),
            lengths=bring(layout.lengths),
            rows=bring(layout.rows),
            host=layout,
        )

    def norm(self, x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
        """RMSNorm of (T, width), the mean square in float32."""
        normed = torch.empty_like(x)
        width = x.shape[1]
        kernels.norm_kernel[(x.shape[0],)](
            x,
            x,
            weight,
            normed,
            x,
            width,
            epsilon,
            ADD=False,
            SIZE=triton.next_power_of_2(width),
            num_warps=8,
        )
        return normed

    def add_norm(self, x: Tensor, delta: Tensor, weight: Tensor, epsilon: float) -> tuple[Tensor, Tensor]:
        """Give the norm of the sum, and the sum."""
        normed, total = torch.empty_like(x), torch.empty_like(x)
        width = x.shape[1]
        kernels.norm_kernel[(x.shape[0],)](
            x,
            delta,
            weight,
            normed,
            total,
            width,
            epsilon,
            ADD=True,
            SIZE=triton.next_power_of_2(width),
            num_warps=8,
        )
        return normed, total

    def rotate_and_store(
        self, qkv: Tensor, table: Tensor, step: Step, cache: tuple[Tensor, Tensor]
    ) -> Tensor:
        """Rotate queries and keys, store keys and values, give queries (T, heads, head)."""
        keys, values = cache
        kv_heads, head = keys.shape[-2:]
        heads = qkv.shape[1] // head - 2 * kv_heads
        query = torch.empty((qkv.shape[0], heads, head), device=qkv.device, dtype=qkv.dtype)
        kernels.rotate_kernel[(qkv.shape[0], heads + 2 * kv_heads)](
            qkv,
            table,
            step.positions,
            step.slots,
            query,
            keys,
            values,
            heads,
            kv_heads,
            HALF=head // 2,
            num_warps=1,
        )
        return query

    def attend(self, query: Tensor, step: Step, cache: tuple[Tensor, Tensor]) -> Tensor:
        """Causal attention of each token over its sequence's cache, (T, heads * head)."""
        out = torch.empty_like(query)
        decodes = step.host.decodes
        if decodes:
            self._decode(query[:decodes], step, cache, out)
        if decodes < query.shape[0]:
            self._prefill(query, step, cache, out)
        return out.flatten(1)

    def swiglu(self, gate_up: Tensor) -> Tensor:
        """silu(gate) * up of (T, 2 * hidden)."""
        rows, hidden = gate_up.shape[0], gate_up.shape[1] // 2
        out = torch.empty((rows, hidden), device=gate_up.device, dtype=gate_up.dtype)
        kernels.swiglu_kernel[(rows, triton.cdiv(hidden, 1024))](gate_up, out, hidden, SIZE=1024)
        return out

    def splits(self, programs: int, longest: int) -> int:
        """Choose a power of two of parts, so that a small batch still fills the GPU."""
        wanted = max(1, FILL * self.processors // programs)
        parts = min(
            MOST_SPLITS, triton.next_power_of_2(wanted), triton.next_power_of_2(triton.cdiv(longest, TILE))
        )
        return int(parts)

    def _decode(self, query: Tensor, step: Step, cache: tuple[Tensor, Tensor], out: Tensor) -> None:
        rows, heads, head = query.shape
        size, kv_heads = cache[0].shape[1:3]
        splits = self.splits(rows * kv_heads, step.tables.shape[1] * size)
        partial = torch.empty((rows, heads, splits, head), device=query.device, dtype=torch.float32)
        weight = torch.empty((rows, heads, splits), device=query.device, dtype=torch.float32)
        kernels.decode_kernel[(rows, kv_heads, splits)](
            query, *cache, step.tables, step.lengths, partial, weight, _scale(head), step.tables.stride(0), kv_heads,
            GROUP=heads // kv_heads, PADDED=max(16, triton.next_power_of_2(heads // kv_heads)), HEAD=head,
            BLOCK=size, TILE=TILE, SPLITS=splits, PRECISION=_precision(query), num_warps=4, num_stages=3,
        )  # fmt: skip
        kernels.combine_kernel[(rows * heads,)](partial, weight, out, HEAD=head, SPLITS=splits, num_warps=1)

    def _prefill(self, query: Tensor, step: Step, cache: tuple[Tensor, Tensor], out: Tensor) -> None:
        _, heads, head = query.shape
        size, kv_heads = cache[0].shape[1:3]
        starts, owner, offset = self.tiles(step)
        kernels.prefill_kernel[(owner.shape[0], heads)](
            query, *cache, step.tables, step.lengths, starts, owner, offset, out, _scale(head),
            step.tables.stride(0), kv_heads, GROUP=heads // kv_heads, HEAD=head, BLOCK=size, ROWS=ROWS, TILE=TILE,
            PRECISION=_precision(query), num_warps=4, num_stages=3,
        )  # fmt: skip

    def tiles(self, step: Step) -> tuple[Tensor, Tensor, Tensor]:
        """Cut the longer slices into runs of ROWS tokens: slice starts, and slice and first token of each run."""
        if step.tiles is None:
            starts, owner, offset = (torch.from_numpy(one).to(self.device) for one in step.host.runs(ROWS))
            step.tiles = (starts, owner, offset)
        return step.tiles


def _scale(head: int) -> float:
    """The softmax is taken to base 2, which the GPU has an instruction for."""
    return float(head**-0.5 * kernels.LOG2_E)


def _precision(x: Tensor) -> str:
    """Keep float32 exact: tf32 would change greedy answers."""
    return "ieee" if x.dtype == torch.float32 else "tf32"
