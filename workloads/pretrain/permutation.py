"""A shuffle of any length that needs no memory: a keyed Feistel network, walked until it lands inside."""

import hashlib

import numpy as np
from numpy.typing import NDArray

ROUNDS = 6
"""Rounds of the network; four already make a pseudo-random permutation (Luby and Rackoff)."""


class Permutation:
    """A bijection of 0..size-1 chosen by a key.

    The network permutes the smallest even number of bits that covers `size`; an index that leaves the range is sent
    through again (cycle walking), fewer than four times on average.
    """

    def __init__(self, size: int, key: str) -> None:
        self.size = size
        self.half = np.uint64(max(1, ((size - 1).bit_length() + 1) // 2))
        self.mask = np.uint64((1 << int(self.half)) - 1)
        digest = hashlib.shake_256(key.encode()).digest(8 * ROUNDS)
        self.keys = np.frombuffer(digest, dtype=np.uint64)

    def __call__(self, index: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Map each index (any shape, 0 <= index < size) to its place."""
        place = self._once(index.astype(np.uint64))
        while (outside := place >= self.size).any():
            place[outside] = self._once(place[outside])
        return place

    def _once(self, index: NDArray[np.uint64]) -> NDArray[np.uint64]:
        left, right = index >> self.half, index & self.mask
        for key in self.keys:
            left, right = right, left ^ (_mix(right ^ key) & self.mask)
        return np.asarray((left << self.half) | right)


def _mix(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64 bits (the finaliser of SplitMix64)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
