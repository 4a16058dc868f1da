"""Decode steps as CUDA graphs: one launch instead of some four hundred."""

import bisect
import logging

import numpy as np
import torch
from torch import Tensor

from workloads.serve.layout import Layout
from workloads.serve.model import Llama
from workloads.serve.ops import Step
from workloads.serve.runner import Runner

log = logging.getLogger("causeway.serve")


def sizes(most: int) -> list[int]:
    """Give the batch sizes to record: powers of two while small, then steps of 16 and of 32."""
    wanted = [1, 2, 4, 8, *range(16, 128, 16), *range(128, most + 32, 32)]
    return [*(size for size in wanted if size < most), most]


class GraphRunner(Runner):
    """A runner that replays recorded steps where all slices have one token. The cache's last block is for padding."""

    def __init__(self, llama: Llama, context: int, most: int) -> None:
        super().__init__(llama, context)
        self.blocks -= 1
        self.sizes = sizes(most)
        self.width = -(-context // self.block_size)
        device = llama.weights.embedding.device
        room = most * (4 + self.width)
        self._host = torch.zeros(room, dtype=torch.int32).pin_memory()
        self._stage = torch.zeros(room, dtype=torch.int32, device=device)
        self._fields = torch.zeros(4, most, dtype=torch.int32, device=device)
        self._tables = torch.full((most, self.width), self.blocks, dtype=torch.int32, device=device)
        self._rows = torch.arange(most, dtype=torch.int32, device=device)
        self._fields[3].fill_(1)
        self._fields[2].fill_(self.blocks * self.block_size)
        self._graphs: dict[int, tuple[torch.cuda.CUDAGraph, Tensor]] = {}
        self._record()

    @torch.inference_mode()
    def logits(self, layout: Layout) -> Tensor:
        """Replay a recorded step, or run what was not recorded."""
        count = len(layout.lengths)
        if layout.decodes != count or len(layout.rows) != count or count > self.sizes[-1]:
            return super().logits(layout)
        size = self.sizes[bisect.bisect_left(self.sizes, count)]
        self._fill(layout, size)
        graph, logits = self._graphs[size]
        graph.replay()
        return logits[:count]

    def close(self) -> None:
        """Let go of the recorded steps; a communicator that they use cannot end before them."""
        torch.cuda.synchronize()
        self._graphs.clear()

    @torch.inference_mode()
    def _record(self) -> None:
        """Record the largest first, so that the smaller ones fit into its memory."""
        pool = None
        for size in reversed(self.sizes):
            step = self._step(size)
            self.llama.forward(step)
            torch.cuda.synchronize()
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=pool):
                logits = self.llama.forward(step)
            pool = graph.pool()
            self._graphs[size] = (graph, logits)
        log.info("recorded decode steps for %d batch sizes up to %d", len(self.sizes), self.sizes[-1])

    def _step(self, size: int) -> Step:
        """Give the fixed tensors of a batch size; nothing of the host's layout but the sizes is used."""
        empty = np.zeros(size, np.int32)
        starts = np.arange(size + 1, dtype=np.int32)
        host = Layout(empty, empty, empty, empty[:, None], empty, starts, starts[:size], size)
        tokens, positions, slots, lengths = (field[:size] for field in self._fields)
        return Step(tokens, positions, slots, self._tables[:size], lengths, self._rows[:size], host)

    def _fill(self, layout: Layout, size: int) -> None:
        """Copy a layout into the fixed tensors with one transfer; rows past its end point at the padding block."""
        count, width = layout.tables.shape
        host = self._host.numpy()
        fields = host[: 4 * size].reshape(4, size)
        fields[:, count:] = np.array([0, 0, self.blocks * self.block_size, 1], np.int32)[:, None]
        given = (layout.tokens, layout.positions, layout.slots, layout.lengths)
        for row, values in zip(fields, given, strict=True):
            row[:count] = values
        end = size * (4 + width)
        tables = host[4 * size : end].reshape(size, width)
        tables[:count], tables[count:] = layout.tables, self.blocks
        self._stage[:end].copy_(self._host[:end], non_blocking=True)
        self._fields[:, :size].copy_(self._stage[: 4 * size].view(4, size))
        self._tables[:size, :width].copy_(self._stage[4 * size : end].view(size, width))
