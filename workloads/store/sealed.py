"""A sealed object: a short header in clear, then a Tink stream that is bound to the header and to its place.

    offset  bytes  what
    0       8      magic, with the format's number
    8       4      id of the data key
    12      16     version: nanoseconds since 1970 (8 bytes) and a random part (8 bytes)
    28      …      AES-256-GCM in segments of 1 MiB, each with its tag, the last one marked as last

The associated data is bucket, key, version and object name, so that bytes that are flipped, cut short, appended, or
moved to another name or bucket do not open. An attacker with write access can still put back an *older* version of the
same object: only a record outside of the bucket could tell.
"""

import contextlib
import os
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from workloads.store.errors import DamagedError
from workloads.store.key_ring import KeyRing
from workloads.store.streams import Gate, opening, sealing

MAGIC = b"CWSEAL\0\1"
_HEADER = struct.Struct(">8sI16s")
_SEGMENT = 1 << 20
_TAG = 16
_STREAM_HEADER = 40  # Tink: length byte, 32 bytes of salt, 7 bytes of nonce prefix
_CHUNK = _SEGMENT - _TAG


def new_version() -> str:
    """Make a version id: 32 hexadecimal digits that sort by time."""
    return time.time_ns().to_bytes(8, "big").hex() + os.urandom(8).hex()


def stream_size(plain: int) -> int:
    """Give the length of Tink's stream for `plain` bytes of content."""
    stream = _STREAM_HEADER + plain
    return stream + max(1, -(-stream // _CHUNK)) * _TAG


def sealed_size(plain: int) -> int:
    """Give the bytes on disk of an object of `plain` bytes."""
    return _HEADER.size + stream_size(plain)


def plain_size(sealed: int) -> int:
    """Give the bytes of content in an object of `sealed` bytes on disk; 0 when that is too short for one."""
    stream = sealed - _HEADER.size
    segments = max(1, -(-stream // _SEGMENT))
    return max(0, stream - _STREAM_HEADER - segments * _TAG)


@dataclass(frozen=True)
class Sealed:
    """Writes and reads sealed objects of one bucket."""

    bucket: str
    """The bucket's id, 32 hexadecimal digits."""
    ring: KeyRing
    """Holds the keys; the primary seals."""

    stored_size = staticmethod(sealed_size)
    content_size = staticmethod(plain_size)

    @contextlib.contextmanager
    def writing(self, sink: BinaryIO, name: str) -> Iterator[BinaryIO]:
        """Give a stream that seals what is written into it; complete only at a clean end."""
        key, cipher = self.ring.sealing_key()
        version = new_version()
        gate = Gate(sink)
        gate.write(_HEADER.pack(MAGIC, key, bytes.fromhex(version)))
        with sealing(cipher, gate, self._context(key, version, name)) as writer:
            yield writer

    def reading(self, source: BinaryIO, name: str, version: str | None = None) -> BinaryIO:
        """Give a stream of the content; each megabyte is checked before it is handed out, the end at the end.

        Args:
            source: The sealed bytes, from their start.
            name: The object's name.
            version: The version that it must be; default whichever is there.

        Raises:
            DamagedError: at once for the header, or while reading.
        """
        key, found = _header(source, name)
        if version not in {None, found}:
            raise DamagedError(
                f"{name}: version {version} holds the bytes of version {found}; they were swapped"
            )
        cipher = self.ring.opening_key(key)
        return opening(cipher, source, self._context(key, found, name), name, stream_size)

    def version(self, source: BinaryIO, name: str) -> str:
        """Read the version id out of an object's header."""
        return _header(source, name)[1]

    def _context(self, key: int, version: str, name: str) -> bytes:
        return (
            MAGIC
            + bytes.fromhex(self.bucket)
            + key.to_bytes(4, "big")
            + bytes.fromhex(version)
            + name.encode()
        )


def _header(source: BinaryIO, name: str) -> tuple[int, str]:
    head = source.read(_HEADER.size)
    if len(head) < _HEADER.size or not head.startswith(MAGIC):
        raise DamagedError(f"{name}: not an object that this client sealed, or its first bytes were changed")
    _, key, version = _HEADER.unpack(head)
    return key, version.hex()
