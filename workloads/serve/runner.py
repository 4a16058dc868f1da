"""Runs a Llama for the engine: slices in, tokens out."""

from collections.abc import Sequence

import torch
from torch import Tensor

from workloads.serve.batch import Drawn, Slice
from workloads.serve.layout import Layout, pack
from workloads.serve.model import Llama
from workloads.serve.sampling import draw


class Runner:
    """A model on this process's device, in the engine's terms."""

    def __init__(self, llama: Llama, context: int) -> None:
        self.llama = llama
        keys = llama.cache[0][0]
        self.blocks, self.block_size, self.context = keys.shape[0], keys.shape[1], context

    @torch.inference_mode()
    def run(self, slices: Sequence[Slice]) -> list[Drawn]:
        """Compute the slices and draw."""
        logits = self.logits(pack(slices, self.block_size))
        wishes = [piece.draw for piece in slices if piece.draw is not None]
        return draw(logits, wishes) if wishes else []

    def logits(self, layout: Layout) -> Tensor:
        """Run the model once."""
        return self.llama.forward(self.llama.ops.step(layout))

    def close(self) -> None:
        """Nothing outlives the process."""
