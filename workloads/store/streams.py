"""Streams that write all they are given, tell where they stand, and report the errors of the file below as they are."""

import contextlib
import io
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

import tink
from tink.streaming_aead import StreamingAead

from workloads.store.errors import DamagedError, StoreError
from workloads.store.files import write_all

_CHUNK = (1 << 20) - 16  # one segment: Tink copies the rest of a longer write again at each segment
_BUFFER = 1 << 20


class Gate(io.RawIOBase):
    """Stands between Tink and a file: keeps the file's own error, moves all bytes, and can be shut.

    Tink replaces an error of the file by its own, and its stream writes a valid last segment when the garbage
    collector closes it: after a failure neither may reach the file.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._open = True
        self.error: Exception | None = None
        self.read_bytes = 0

    def writable(self) -> bool:
        """Say that it takes writes, as Tink asks."""
        return True

    def readable(self) -> bool:
        """Say that it takes reads, as Tink asks."""
        return True

    def write(self, data: "memoryview | bytes") -> int:  # type: ignore[override]  # narrower than Buffer
        """Write all of the data, or nothing once the gate is shut."""
        with self._remembering():
            if self._open:
                write_all(self._file, data)
        return len(data)

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes; none at the end."""
        with self._remembering():
            data = self._file.read(size)
        self.read_bytes += len(data)
        return data

    def shut(self) -> None:
        """Let no more bytes through to the file."""
        self._open = False

    def close(self) -> None:
        """Leave a file that is written open: the one who opened it makes it durable first."""

    @contextlib.contextmanager
    def honest(self, instead: Exception) -> Iterator[None]:
        """Raise the file's own error for one of Tink; where the file is innocent, raise `instead`."""
        try:
            yield
        except tink.TinkError as error:
            raise (self.error or instead) from error

    @contextlib.contextmanager
    def _remembering(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.error = error
            raise


class Writer(io.RawIOBase):
    """Writes every byte of each write, in pieces; closing it does not close the file below."""

    def __init__(self, file: BinaryIO | io.RawIOBase) -> None:
        super().__init__()
        self._file = file
        self._position = 0

    def writable(self) -> bool:
        """Say that it takes writes, as Tink asks."""
        return True

    def tell(self) -> int:
        """Give the number of bytes written so far."""
        return self._position

    def write(self, data: "memoryview | bytes") -> int:  # type: ignore[override]  # narrower than Buffer
        """Write all of the data, which may be any contiguous buffer."""
        rest = memoryview(data).cast("B")
        for start in range(0, len(rest), _CHUNK):
            write_all(self._file, rest[start : start + _CHUNK])
        self._position += len(rest)
        return len(rest)


@contextlib.contextmanager
def sealing(cipher: StreamingAead, gate: Gate, context: bytes) -> Iterator[BinaryIO]:
    """Give a stream that encrypts into the gate; its last segment is written at a clean end only."""
    stream = cipher.new_encrypting_stream(gate, context)
    try:
        yield cast("BinaryIO", _Sealer(stream, gate))
        with gate.honest(StoreError("sealing the last part failed")):
            stream.close()
    finally:
        gate.shut()
        with contextlib.suppress(tink.TinkError):
            stream.close()


def opening(
    cipher: StreamingAead, source: BinaryIO, context: bytes, name: str, stored_size: Callable[[int], int]
) -> BinaryIO:
    """Give a stream of what `source` decrypts to; closing it closes the source.

    Args:
        cipher: Of the key that sealed it.
        source: The sealed bytes, from the start of Tink's stream.
        context: The associated data.
        name: The object's name, for errors.
        stored_size: Gives the length of Tink's stream for a number of content bytes.
    """
    gate = Gate(source)
    stream = cipher.new_decrypting_stream(gate, context)
    return cast("BinaryIO", io.BufferedReader(_Reader(stream, gate, source, name, stored_size), _BUFFER))


class _Sealer(Writer):
    """Turns Tink's errors back into those of the file."""

    def __init__(self, stream: BinaryIO, gate: Gate) -> None:
        super().__init__(stream)
        self._gate = gate

    def write(self, data: "memoryview | bytes") -> int:  # type: ignore[override]  # narrower than Buffer
        with self._gate.honest(StoreError("sealing failed")):
            return super().write(data)


class _Reader(io.RawIOBase):
    """Reports what Tink can't open as a damaged object."""

    def __init__(
        self, stream: BinaryIO, gate: Gate, source: BinaryIO, name: str, stored_size: Callable[[int], int]
    ) -> None:
        super().__init__()
        self._stream = stream
        self._gate = gate
        self._source = source
        self._name = name
        self._stored_size = stored_size
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # narrower than Buffer
        data = self._next(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        """Read on to the end; the base class would do so in pieces of 8 KiB."""
        return b"".join(iter(lambda: self._next(_CHUNK), b""))

    def _next(self, size: int) -> bytes:
        with self._gate.honest(self._damaged()):
            data: bytes = self._stream.read(size)
        self._given += len(data)
        if size and not data:
            self._require_end()
        return data

    def _require_end(self) -> None:
        """Refuse bytes after the end: behind a full last segment Tink passes over them."""
        self._gate.read(1)
        if self._gate.read_bytes != self._stored_size(self._given):
            raise self._damaged()

    def _damaged(self) -> DamagedError:
        return DamagedError(
            f"{self._name}: the bytes do not open: they were changed, cut short, lengthened, or sealed for another "
            "name or bucket. Restore an earlier version or a backup"
        )

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._source.close()
        super().close()
