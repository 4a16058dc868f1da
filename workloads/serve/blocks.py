"""Blocks of the paged key-value cache: who holds them, and which old contents can be used again."""

import hashlib
from array import array
from collections import OrderedDict
from collections.abc import Sequence

ROOT = b""
"""Key before the first block of every sequence."""


def chain(parent: bytes, tokens: Sequence[int]) -> bytes:
    """Name a full block by everything up to its end: 16 bytes that nobody can make collide on purpose."""
    return hashlib.blake2b(parent + array("q", tokens).tobytes(), digest_size=16).digest()


class BlockPool:
    """A fixed number of blocks with reference counts.

    A released block keeps its contents until it is needed: it leaves the pool least recently used first.
    """

    def __init__(self, count: int, size: int, *, reuse: bool = True) -> None:
        self.count, self.size, self.reuse = count, size, reuse
        self._free: OrderedDict[int, None] = OrderedDict.fromkeys(range(count))
        self._holders = [0] * count
        self._by_key: dict[bytes, int] = {}
        self._key_of: dict[int, bytes] = {}

    @property
    def available(self) -> int:
        """Blocks that nobody holds."""
        return len(self._free)

    @property
    def usage(self) -> float:
        """Share of blocks held, 0 to 1."""
        return 1.0 - len(self._free) / self.count

    def match(self, keys: Sequence[bytes]) -> list[int]:
        """Give the blocks that already hold the longest run of these keys; nothing is held by asking."""
        found: list[int] = []
        for key in keys:
            block = self._by_key.get(key)
            if block is None:
                break
            found.append(block)
        return found

    def hold(self, blocks: Sequence[int]) -> None:
        """Take one reference to each block."""
        for block in blocks:
            self._holders[block] += 1
            self._free.pop(block, None)

    def free_among(self, blocks: Sequence[int]) -> int:
        """Count those of the blocks that `hold` would take out of the available ones."""
        return sum(block in self._free for block in blocks)

    def allocate(self) -> int:
        """Give a block to a new holder and forget what it contained. The caller has looked at `available`."""
        block, _ = self._free.popitem(last=False)
        key = self._key_of.pop(block, None)
        if key is not None:
            del self._by_key[key]
        self._holders[block] = 1
        return block

    def publish(self, block: int, key: bytes) -> None:
        """Make a full block findable by its key; the first block of a key stays the one that is found."""
        if self.reuse and key not in self._by_key and block not in self._key_of:
            self._by_key[key] = block
            self._key_of[block] = key

    def release(self, blocks: Sequence[int]) -> None:
        """Drop one reference to each; the end of a sequence is given away before its beginning."""
        for block in reversed(blocks):
            self._holders[block] -= 1
            assert self._holders[block] >= 0, f"block {block} was released twice"
            if self._holders[block] == 0:
                self._free[block] = None
