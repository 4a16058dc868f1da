"""Private files on a local disk: replaced in one step, locked between processes, never half written."""

import contextlib
import errno
import fcntl
import io
import os
import shutil
import stat
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from workloads.store.errors import NoSpaceError, StoreError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_LOCK_POLL_SECONDS = 0.02


def make_folder(path: Path) -> None:
    """Make the folder and its missing parents, open to their owner only (0700) and durable."""
    for folder in add_missing(path):
        sync_folder(folder.parent)


def add_missing(path: Path) -> list[Path]:
    """Make the folder and its missing parents (0700), at once but not yet durable; give those that were missing."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()][::-1]
    for folder in missing:
        # Not pathlib's exist_ok: it looks a second time, and a folder that was removed between is an error to it.
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    return missing


def is_private(path: Path) -> bool:
    """Say whether nobody but the owner has any right to the file or folder."""
    return not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def sync_folder(path: Path) -> None:
    """Make the names inside a folder durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def temporary(folder: Path) -> Iterator[tuple[Path, io.FileIO]]:
    """Give a new private file (0600, unbuffered), locked by its writer, that is gone at the end unless it was renamed.

    The lock tells a living writer from one that was killed: see `remove_abandoned`.
    """
    make_folder(folder)
    path = folder / f"{os.getpid()}-{uuid.uuid4().hex}"
    with io.FileIO(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield path, file
        finally:
            path.unlink(missing_ok=True)


def remove_abandoned(folder: Path) -> int:
    """Remove the temporary files of writers that were killed; give their number."""
    removed = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
            removed += 1
    return removed


def replace(path: Path, data: bytes) -> None:
    """Write a small private file in one durable step: a reader sees the old bytes or the new, never a part."""
    scratch = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with io.FileIO(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            write_all(file, data)
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_all(file: BinaryIO | io.RawIOBase, data: bytes | memoryview) -> None:
    """Write every byte; an unbuffered file may take fewer at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


@contextlib.contextmanager
def locked(path: Path, *, timeout: float = 60) -> Iterator[None]:
    """Hold a lock file against other threads and processes of this machine.

    Raises:
        StoreError: when another holds it for longer than `timeout` seconds.
    """
    with io.FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r") as file:
        deadline = time.monotonic() + timeout
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise StoreError(
                    f"{path}: another process has held this lock for {timeout:g} s; end it, then try again"
                )
            time.sleep(_LOCK_POLL_SECONDS)
        yield


def _try_lock(file: io.FileIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def require_space(folder: Path, what: str, needed: int) -> None:
    """Refuse a write that can't fit, before the first byte is written."""
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise NoSpaceError(
            f"{what}: needs {human(needed)}, but {folder} has {human(free)} free; nothing was written. "
            "Free some space or use another disk, then write it again"
        )


@contextlib.contextmanager
def explaining_full(folder: Path, what: str, needed: int | None, written: io.FileIO) -> Iterator[None]:
    """Turn a full disk, quota or file-size limit in the middle of a write into a NoSpaceError with the sizes."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        done = os.fstat(written.fileno()).st_size
        size = human(needed) if needed else f"more than {human(done)}"
        raise NoSpaceError(
            f"{what}: {os.strerror(error.errno)} after {human(done)}; it needs {size} and {folder} has "
            f"{human(shutil.disk_usage(folder).free)} free. The part that was written is removed and the old object "
            "is intact. Free some space, then write it again"
        ) from error


def human(size: float) -> str:
    """Write a number of bytes for people, in decimal units as disks are sold.

    >>> human(512), human(1_500_000)
    ('512 B', '1.5 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


@contextlib.contextmanager
def appearing(target: Path, what: str) -> Iterator[BinaryIO]:
    """Give a private file (0600) without a name that appears as `target` at a clean end.

    Having no name, it can't be left behind by a killed process; where the file system knows no nameless files (NFS,
    macOS) it has a hidden name beside the target, removed after an error.
    """
    make_folder(target.parent)
    scratch = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    handle, named = _nameless(target.parent, scratch)
    try:
        with io.FileIO(handle, "w") as file, explaining_full(target.parent, what, None, file):
            buffered = io.BufferedWriter(file)
            yield buffered
            buffered.flush()
            os.fsync(file.fileno())
            if not named:
                # With a folder's descriptor Python calls linkat(2), which alone can follow the link to a nameless file.
                os.link(f"/proc/self/fd/{file.fileno()}", scratch, src_dir_fd=file.fileno())
            scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)


def _nameless(folder: Path, fallback: Path) -> tuple[int, bool]:
    """Open a file without a name; else one with the fallback name. Say whether it has a name."""
    with contextlib.suppress(OSError, AttributeError):
        return os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600), False
    return os.open(fallback, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), True
