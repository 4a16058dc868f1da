"""A program's output: into a file that is rotated by size, and its last lines for an error."""

import contextlib
import itertools
import os
import re
import threading
from pathlib import Path

from providers.localhost.process import files

LARGEST = 16 * 1024 * 1024
"""Bytes of one log file before it is rotated."""

KEPT = 3
"""Rotated files that are kept: `output.log.1` is the youngest."""

TAIL_BYTES = 64 * 1024
"""Bytes read from the end for the last lines."""


FAR = 200
"""Lines looked through for the program's own error: launchers add their traces after it."""

START, ERROR = "-- start ", "error:"
"""Beginnings of the line before each run of a program, and of the one line in which a program says what went wrong."""


class RotatingLog:
    """An append-only file of mode 0600."""

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self._path = path
        self._largest = largest
        self._open()

    def write(self, chunk: bytes) -> None:
        """Append; a file that grew too large makes room first."""
        if self._size and self._size + len(chunk) > self._largest:
            self._rotate()
        os.write(self._descriptor, chunk)
        self._size += len(chunk)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def _open(self) -> None:
        self._descriptor = files.appending(self._path)
        self._size = os.fstat(self._descriptor).st_size

    def _rotate(self) -> None:
        os.close(self._descriptor)
        for number in range(KEPT, 0, -1):
            older = self._path if number == 1 else numbered(self._path, number - 1)
            if older.exists():
                older.replace(numbered(self._path, number))
        self._open()


def numbered(path: Path, number: int) -> Path:
    """Give the name of a rotated file."""
    return path.with_name(f"{path.name}.{number}")


class Pump(threading.Thread):
    """Carries bytes from a pipe to a log until the pipe's last writer is gone; a full disk loses lines, no program."""

    def __init__(self, pipe: int, log: RotatingLog) -> None:
        super().__init__(name="log", daemon=True)
        self._pipe = pipe
        self._log = log

    def run(self) -> None:
        """Copy until the end."""
        with os.fdopen(self._pipe, "rb", buffering=0) as source:
            while chunk := source.read(65536):
                with contextlib.suppress(OSError):  # who stops reading ends the program by its next line
                    self._log.write(chunk)


class Follower:
    """Gives what is written to a log from now on, line by line; of a flood, its end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rest = b""
        try:
            state = path.stat()
            self._file, self._at = state.st_ino, state.st_size
        except FileNotFoundError:
            self._file, self._at = 0, 0

    def lines(self) -> list[str]:
        """Give the lines that have been ended since the last call; a progress bar's carriage return ends one too."""
        try:
            new = self._read()
        except FileNotFoundError:
            return []
        *ended, self._rest = re.split(rb"[\r\n]+", self._rest + new)
        return [line.decode("utf-8", errors="replace") for line in ended]

    def _read(self) -> bytes:
        with self._path.open("rb") as stream:
            state = os.fstat(stream.fileno())
            if state.st_ino != self._file or state.st_size < self._at:  # rotated, or written anew
                self._file, self._at, self._rest = state.st_ino, 0, b""
            stream.seek(max(self._at, state.st_size - TAIL_BYTES))
            content = stream.read()
            self._at = stream.tell()
        return content


def tail(path: Path, lines: int = 15) -> list[str]:
    """Give the last lines of a log, also from the file before when the newest is short; none when there is no log."""
    found: list[str] = []
    for file in (path, numbered(path, 1)):
        if len(found) < lines:
            found = [*_last_lines(file), *found]
    return found[-lines:]


def excerpt(path: Path) -> str:
    """Give the program's own error, else the end of its log, for an error text, and where the rest is."""
    if told := own_error(tail(path, FAR)):
        return "\n".join([*told, f"the whole log: {path}"])
    lines = tail(path)
    if not lines:
        return f"it wrote nothing; the log is {path}"
    return "\n".join([f"last lines of {path}:", *(f"  {line}" for line in lines)])


def own_error(lines: list[str]) -> list[str]:
    """Give what the last run of a program said in a line that begins with `error:`, and the indented lines after it."""
    begin = max((n for n, line in enumerate(lines) if line.startswith(START)), default=0)
    last = max((n for n, line in enumerate(lines) if n >= begin and line.startswith(ERROR)), default=None)
    if last is None:
        return []
    more = itertools.takewhile(lambda line: line[:1].isspace(), lines[last + 1 :])
    return [lines[last].removeprefix(ERROR).strip(), *more]


def _last_lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - TAIL_BYTES))
            return stream.read().decode("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
