"""A Llama over a paged cache: one forward pass for whatever mix of prompts and answers a step holds."""

from collections.abc import Callable

import torch
from torch import Tensor

from workloads.serve.ops import Ops, Step, rope_table
from workloads.serve.shape import Shape
from workloads.serve.weights import Share, Weights

Reduce = Callable[[Tensor], Tensor]
"""Sums a partial product over the processes that share the model."""


def alone(x: Tensor) -> Tensor:
    """Sum over one process: nothing to do."""
    return x


class Llama:
    """Weights, cache and the order of operations."""

    def __init__(
        self,
        shape: Shape,
        weights: Weights,
        ops: Ops,
        *,
        blocks: int,
        block_size: int,
        share: Share | None = None,
        total: Reduce = alone,
        gather: Reduce = alone,
    ) -> None:
        self.shape, self.weights, self.ops, self.total, self.gather = shape, weights, ops, total, gather
        kv_heads = shape.kv_heads // (share or Share()).count
        device, dtype = weights.embedding.device, weights.embedding.dtype
        size = (shape.layers, 2, blocks, block_size, kv_heads, shape.head)
        cache = torch.zeros(size, device=device, dtype=dtype)
        self.cache = [(layer[0], layer[1]) for layer in cache]
        self.table = rope_table(shape.rope.frequencies(shape.head), shape.context, device)

    @torch.inference_mode()
    def forward(self, step: Step) -> Tensor:
        """Give the logits (R, vocabulary) of the rows that are asked for."""
        ops, epsilon = self.ops, self.shape.epsilon
        x = self.weights.embedding[step.tokens]
        delta: Tensor | None = None
        for layer, cache in zip(self.weights.layers, self.cache, strict=True):
            if delta is None:
                normed = ops.norm(x, layer.attention_norm, epsilon)
            else:
                normed, x = ops.add_norm(x, delta, layer.attention_norm, epsilon)
            query = ops.rotate_and_store(layer.qkv(normed), self.table, step, cache)
            delta = self.total(layer.out(ops.attend(query, step, cache)))
            normed, x = ops.add_norm(x, delta, layer.feed_norm, epsilon)
            delta = self.total(layer.down(ops.swiglu(layer.gate_up(normed))))
        assert delta is not None, "a model has at least one layer"
        normed, _ = ops.add_norm(x[step.rows], delta[step.rows], self.weights.norm, epsilon)
        return self.gather(self.weights.head(normed))[:, : self.shape.vocabulary]


def block_bytes(shape: Shape, block_size: int, dtype: torch.dtype, share: Share | None = None) -> int:
    """Size of one cache block over all layers, keys and values, in bytes."""
    kv_heads = shape.kv_heads // (share or Share()).count
    return 2 * shape.layers * block_size * kv_heads * shape.head * dtype.itemsize
