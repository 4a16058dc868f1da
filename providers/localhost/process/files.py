"""Private files: written whole or not at all, readable by their owner only, locked across processes."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from providers.base.errors import ProviderError

POLL = 0.05
"""Seconds between tries for a lock."""


class LockedError(TimeoutError):
    """Another process holds the lock."""


def write(path: Path, text: str) -> None:
    """Replace a file in one step, mode 0600: a reader sees the old text or the new, never half.

    Raises:
        ProviderError: It can't be written, as on a full disk; the old text stays.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as stream:  # noqa: PTH123 - Path.open can't set the mode at birth
            stream.write(text)
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise ProviderError(f"{path} can't be written: {error.strerror}") from error


def appending(path: Path) -> int:
    """Open a file for appending, made with mode 0600; the caller closes the descriptor."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def read(path: Path) -> str | None:
    """Give a file's text, None when there is no file."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None


@contextlib.contextmanager
def locked(path: Path, timeout: float) -> Iterator[None]:
    """Hold a lock that ends with the process; LockedError after `timeout` seconds of waiting."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(descriptor, path, timeout)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while not _try(descriptor, fcntl.LOCK_EX):
        if time.monotonic() >= deadline:
            raise LockedError(f"{path} is still held by another process after {timeout:g} seconds")
        time.sleep(POLL)


def is_locked(path: Path) -> bool:
    """Say whether a living process holds the lock; looking never gets in the way of others who look."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        return not _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
