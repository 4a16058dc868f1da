"""Which samples a process sees. The whole state is one number: samples consumed by all processes together."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workloads.pretrain.errors import RunError
from workloads.pretrain.permutation import Permutation

IGNORE = -100
"""Target of a token that doesn't count."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Micro-batches of one process for one step, all of one size so that every process makes the same calls."""

    inputs: NDArray[np.int64]
    """Token ids, (micro-batches, samples, context)."""

    targets: NDArray[np.int64]
    """The next tokens, same form; IGNORE in samples that only fill up."""

    samples: NDArray[np.int64]
    """Numbers of the process's real samples within the token file."""

    def __iter__(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Yield (inputs, targets) of each micro-batch."""
        return iter(zip(self.inputs, self.targets, strict=True))


class Loader:
    """Samples by their global number: sample c of the run is at the same place whatever the number of processes.

    Epoch e visits each of the file's samples once, in the order of a permutation keyed by (seed, e).
    """

    def __init__(self, tokens: NDArray[np.unsignedinteger], context: int, batch: int, seed: int) -> None:
        self.tokens, self.context, self.batch, self.seed = tokens, context, batch, seed
        self.samples = (len(tokens) - 1) // context
        if self.samples < 1:
            raise RunError(
                f"the corpus has {len(tokens):,} tokens, one sample needs {context + 1}; "
                "give more text or a smaller `context`"
            )

    def order(self, consumed: int) -> NDArray[np.int64]:
        """Give the places of the next batch's samples, of all processes, after `consumed` samples."""
        numbers = np.arange(consumed, consumed + self.batch, dtype=np.uint64)
        epochs = numbers // np.uint64(self.samples)
        places = np.empty(self.batch, dtype=np.int64)
        for epoch in np.unique(epochs):
            inside = epochs == epoch
            shuffle = Permutation(self.samples, f"{self.seed}/{epoch}")
            places[inside] = shuffle(numbers[inside] % np.uint64(self.samples))
        return places

    def load(self, consumed: int, rank: int, world: int, micro: int) -> Batch:
        """Load the share of `rank` of `world`: every world-th sample, in micro-batches of at most `micro`."""
        mine = self.order(consumed)[rank::world]
        largest = -(-self.batch // world)
        micro = min(micro or largest, largest)
        rows = micro * -(-largest // micro)
        windows = np.full((rows, self.context + 1), 0, dtype=np.int64)
        for row, place in enumerate(mine):
            start = int(place) * self.context
            windows[row] = self.tokens[start : start + self.context + 1]
        targets = windows[:, 1:].copy()
        targets[len(mine) :] = IGNORE
        form = (-1, micro, self.context)
        return Batch(np.ascontiguousarray(windows[:, :-1]).reshape(form), targets.reshape(form), mine)
