"""One step as flat arrays: what the slices mean for the tensors of a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from workloads.serve.batch import Slice

Ints: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Layout:
    """T tokens of S slices, one-token slices first; R of the slices draw a token."""

    tokens: Ints
    """(T,) token ids."""
    positions: Ints
    """(T,) position of each token in its sequence."""
    slots: Ints
    """(T,) place of each token's key and value in the cache: block times block size plus offset."""
    tables: Ints
    """(S, W) blocks of each slice, padded with 0; W is the widest table of the step."""
    lengths: Ints
    """(S,) tokens of each sequence up to the end of its slice."""
    starts: Ints
    """(S + 1,) where each slice begins in T."""
    rows: Ints
    """(R,) index in T of the tokens whose logits are wanted."""
    decodes: int
    """How many slices, from the first, have one token."""

    def runs(self, size: int) -> tuple[Ints, Ints, Ints]:
        """Cut the slices of more than one token into runs of `size`: `starts`, then slice and offset of each run."""
        counts = np.diff(self.starts)[self.decodes :]
        each = -(-counts // size)
        owner = np.repeat(np.arange(self.decodes, self.decodes + len(counts)), each)
        offset = (np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)) * size
        return self.starts, owner.astype(np.int32), offset.astype(np.int32)


def pack(slices: Sequence[Slice], block_size: int) -> Layout:
    """Flatten slices; the scheduler has put those of one token first."""
    counts = np.fromiter((len(piece.tokens) for piece in slices), np.int32, len(slices))
    begins = np.fromiter((piece.start for piece in slices), np.int32, len(slices))
    starts = np.zeros(len(slices) + 1, np.int32)
    np.cumsum(counts, out=starts[1:])
    total = int(starts[-1])
    tokens = np.fromiter((token for piece in slices for token in piece.tokens), np.int32, total)
    positions = np.arange(total, dtype=np.int32) + np.repeat(begins - starts[:-1], counts)
    tables = _tables(slices)
    owners = np.repeat(np.arange(len(slices)), counts)
    slots = tables[owners, positions // block_size] * block_size + positions % block_size
    draws = np.fromiter((piece.draw is not None for piece in slices), np.bool_, len(slices))
    rows = (starts[1:] - 1)[draws]
    return Layout(tokens, positions, slots, tables, begins + counts, starts, rows, int((counts == 1).sum()))


def _tables(slices: Sequence[Slice]) -> Ints:
    tables = np.zeros((len(slices), max(len(piece.blocks) for piece in slices)), np.int32)
    for row, piece in zip(tables, slices, strict=True):
        row[: len(piece.blocks)] = piece.blocks
    return tables
