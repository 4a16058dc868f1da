"""The small operations of a Llama in plain torch: the reference, and what runs on a CPU."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention, silu

from workloads.serve.layout import Ints, Layout


@dataclass(slots=True)
class Step:
    """A layout on the device: the same fields as tensors."""

    tokens: Tensor
    """(T,) int32."""
    positions: Tensor
    """(T,) int32."""
    slots: Tensor
    """(T,) int32."""
    tables: Tensor
    """(S, W) int32."""
    lengths: Tensor
    """(S,) int32."""
    rows: Tensor
    """(R,) int32."""
    host: Layout
    """The same numbers on the host, for sizes that decide what is launched."""
    tiles: tuple[Tensor, Tensor, Tensor] | None = None
    """Room for what a device derives once and every layer uses."""


class Ops(Protocol):
    """What a device does in its own way. `cache` is a pair of (blocks, block, kv_heads, head) tensors."""

    def step(self, layout: Layout) -> Step:
        """Bring a layout to the device."""

    def norm(self, x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
        """RMSNorm of (T, width)."""

    def add_norm(self, x: Tensor, delta: Tensor, weight: Tensor, epsilon: float) -> tuple[Tensor, Tensor]:
        """Give the norm of the sum, and the sum."""

    def rotate_and_store(
        self, qkv: Tensor, table: Tensor, step: Step, cache: tuple[Tensor, Tensor]
    ) -> Tensor:
        """Rotate queries and keys, store keys and values, give queries (T, heads, head)."""

    def attend(self, query: Tensor, step: Step, cache: tuple[Tensor, Tensor]) -> Tensor:
        """Causal attention of each token over its sequence's cache, (T, heads * head)."""

    def swiglu(self, gate_up: Tensor) -> Tensor:
        """silu(gate) * up of (T, 2 * hidden)."""


def rope_table(frequencies: list[float], context: int, device: torch.device) -> Tensor:
    """Tabulate cosine and sine, (context, 2, head / 2) in float32."""
    angles = torch.outer(
        torch.arange(context, dtype=torch.float32), torch.tensor(frequencies, dtype=torch.float32)
    )
    return torch.stack((angles.cos(), angles.sin()), dim=1).to(device)


class TorchOps:
    """Plain torch."""

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def step(self, layout: Layout) -> Step:
        """Bring a layout to the device."""

        def bring(array: Ints) -> Tensor:
            return torch.from_numpy(array).to(self.device)

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
        wide = x.float()
        return weight * (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + epsilon)).to(x.dtype)

    def add_norm(self, x: Tensor, delta: Tensor, weight: Tensor, epsilon: float) -> tuple[Tensor, Tensor]:
        """Give the norm of the sum, and the sum."""
        total = x + delta
        return self.norm(total, weight, epsilon), total

    def rotate_and_store(
        self, qkv: Tensor, table: Tensor, step: Step, cache: tuple[Tensor, Tensor]
    ) -> Tensor:
        """Rotate queries and keys, store keys and values, give queries (T, heads, head)."""
        keys, values = cache
        kv_heads, head = keys.shape[-2:]
        parts = qkv.view(qkv.shape[0], -1, head)
        query, key, value = (
            parts[:, : -2 * kv_heads],
            parts[:, -2 * kv_heads : -kv_heads],
            parts[:, -kv_heads:],
        )
        cosine, sine = table[step.positions].to(qkv.dtype)[:, :, None].unbind(1)
        keys.view(-1, kv_heads, head)[step.slots] = _rotate(key, cosine, sine)
        values.view(-1, kv_heads, head)[step.slots] = value
        return _rotate(query, cosine, sine)

    def attend(self, query: Tensor, step: Step, cache: tuple[Tensor, Tensor]) -> Tensor:
        """Attend one-token slices as one padded batch, longer ones one after the other."""
        decodes, starts = step.host.decodes, step.host.starts
        parts = [_attend_ones(query[:decodes], step, cache)] if decodes else []
        parts += [
            _attend_run(query[starts[number] : starts[number + 1]], number, step, cache)
            for number in range(decodes, len(starts) - 1)
        ]
        return torch.cat(parts).flatten(1)

    def swiglu(self, gate_up: Tensor) -> Tensor:
        """silu(gate) * up of (T, 2 * hidden)."""
        gate, up = gate_up.chunk(2, dim=-1)
        return silu(gate) * up


def _rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn the pairs (i, i + head / 2) of (T, heads, head)."""
    left, right = x.chunk(2, dim=-1)
    return torch.cat((left * cosine - right * sine, right * cosine + left * sine), dim=-1)


def _attend_ones(query: Tensor, step: Step, cache: tuple[Tensor, Tensor]) -> Tensor:
    """(S, heads, head) of slices with one token, over tables padded to the longest."""
    count, size = query.shape[0], cache[0].shape[1]
    longest = int(step.host.lengths[:count].max())
    tables = step.tables[:count, : -(-longest // size)]
    keys, values = (part[tables].flatten(1, 2)[:, :longest].transpose(1, 2) for part in cache)
    seen = torch.arange(longest, device=query.device) < step.lengths[:count, None]
    mixed = scaled_dot_product_attention(
        query[:, :, None], keys, values, attn_mask=seen[:, None, None], enable_gqa=True
    )
    return mixed[:, :, 0]


def _attend_run(query: Tensor, number: int, step: Step, cache: tuple[Tensor, Tensor]) -> Tensor:
    """(count, heads, head) of one slice; its first token sees everything before it and itself."""
    length, size = int(step.host.lengths[number]), cache[0].shape[1]
    table = step.tables[number, : -(-length // size)]
    keys, values = (part[table].flatten(0, 1)[:length].transpose(0, 1)[None] for part in cache)
    start = length - query.shape[0]
    seen = torch.ones(query.shape[0], length, dtype=torch.bool, device=query.device).tril(start)
    mixed = scaled_dot_product_attention(
        query.transpose(0, 1)[None],
        keys,
        values,
        attn_mask=seen if start else None,
        is_causal=not start,
        enable_gqa=True,
    )
    return mixed[0].transpose(0, 1)
