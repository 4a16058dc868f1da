"""Tink's streams made honest: a file's own errors come through, and an abandoned stream writes nothing more."""

import contextlib
import io
from collections.abc import Iterator
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

    def writable(self) -> bool:  # noqa: D102 - as io.RawIOBase says
        return True

    def readable(self) -> bool:  # noqa: D102 - as io.RawIOBase says
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
            return self._file.read(size)

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


@contextlib.contextmanager
def sealing(cipher: StreamingAead, gate: Gate, context: bytes) -> Iterator[BinaryIO]:
    """Give a stream that encrypts into the gate; its last segment is written at a clean end only."""
    stream = cipher.new_encrypting_stream(gate, context)
    try:
        yield cast("BinaryIO", _Writer(stream, gate))
        with gate.honest(StoreError("sealing the last part failed")):
            stream.close()
    finally:
        gate.shut()
        with contextlib.suppress(tink.TinkError):
            stream.close()


def opening(cipher: StreamingAead, source: BinaryIO, context: bytes, name: str) -> BinaryIO:
    """Give a stream of what `source` decrypts to; closing it closes the source."""
    return cast("BinaryIO", io.BufferedReader(_Reader(cipher, source, context, name), _BUFFER))


class _Writer(io.RawIOBase):
    """Hands Tink no more than a segment at a time."""

    def __init__(self, stream: BinaryIO, gate: Gate) -> None:
        super().__init__()
        self._stream = stream
        self._gate = gate
        self._position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: "memoryview | bytes") -> int:  # type: ignore[override]  # narrower than Buffer
        rest = memoryview(data).cast("B")
        with self._gate.honest(StoreError("sealing failed")):
            for start in range(0, len(rest), _CHUNK):
                self._stream.write(rest[start : start + _CHUNK])
        self._position += len(rest)
        return len(rest)


class _Reader(io.RawIOBase):
    """Reports what Tink can't open as a damaged object."""

    def __init__(self, cipher: StreamingAead, source: BinaryIO, context: bytes, name: str) -> None:
        super().__init__()
        self._source = source
        self._gate = Gate(source)
        self._stream = cipher.new_decrypting_stream(self._gate, context)
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # narrower than Buffer
        damaged = DamagedError(
            f"{self._name}: the bytes do not open: they were changed, cut short, or sealed for another name or bucket. "
            "Restore an earlier version or a backup"
        )
        with self._gate.honest(damaged):
            data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._source.close()
        super().close()
