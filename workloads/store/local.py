"""A bucket in a folder of this machine."""

import contextlib
import errno
import io
import os
import stat
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from workloads.store import files
from workloads.store.backend import Blob
from workloads.store.errors import NotFoundError, StoreError
from workloads.store.names import RESERVED

_LOCKS = 64  # lock files, shared by names with the same checksum
_PATIENCE_SECONDS = 60  # with folders that deletes of others remove
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP}  # a symbolic link is no object


class LocalBackend:
    """Files below a folder, 0600 each; temporary ones in a corner of it, so that a rename is atomic."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._scratch = root / RESERVED / "tmp"
        self._locks = root / RESERVED / "locks"

    @property
    def url(self) -> str:
        """The bucket's address."""
        return self.root.as_uri()

    def head(self, name: str) -> Blob | None:
        """Give what is known of one file; None when it does not exist."""
        try:
            found = (self.root / name).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return _blob(name, found) if stat.S_ISREG(found.st_mode) else None

    def list(self, prefix: str) -> Iterator[Blob]:
        """Give all files whose name begins with `prefix`, in the order of their names."""
        folder = prefix.rpartition("/")[0]
        hidden = not prefix.startswith(RESERVED)
        for blob in _walk(self.root, f"{folder}/" if folder else ""):
            if blob.name.startswith(prefix) and not (hidden and blob.name.startswith(f"{RESERVED}/")):
                yield blob

    def read(self, name: str) -> BinaryIO:
        """Give a stream of the bytes; raises NotFoundError."""
        try:
            handle = os.open(self.root / name, os.O_RDONLY | os.O_NOFOLLOW)
            return cast("BinaryIO", io.FileIO(handle, "r"))
        except OSError as error:
            if error.errno not in _ABSENT:
                raise
            raise NotFoundError(f"{self.url}/{name}: no such object") from None

    @contextlib.contextmanager
    def write(
        self, name: str, *, size: int | None = None, before: Callable[[], None] = lambda: None
    ) -> Iterator[BinaryIO]:
        """Give a sink whose bytes are made durable, then renamed over the old file."""
        what = f"{self.url}/{name}"
        with (
            files.temporary(self._scratch) as (path, file),
            files.explaining_full(self.root, what, size, file),
        ):
            files.require_space(self.root, what, size or 0)
            yield cast("BinaryIO", file)
            os.fsync(file.fileno())
            with self._exclusive(name):
                before()
                self._name(path, name, os.replace)

    def copy(self, source: str, target: str) -> None:
        """Give the file a second name: it costs no space, and keeps the bytes when the first name is replaced."""
        self._name(self.root / source, target, _link)

    def delete(self, name: str, *, before: Callable[[], None] = lambda: None) -> None:
        """Remove a file and the folders that it leaves empty."""
        path = self.root / name
        with self._exclusive(name):
            before()
            path.unlink(missing_ok=True)
            with contextlib.suppress(FileNotFoundError):
                files.sync_folder(path.parent)
            for folder in path.parents:
                if folder in {self.root, self.root / RESERVED} or not _remove_if_empty(folder):
                    break

    def tidy(self) -> int:
        """Remove the temporary files of killed writers."""
        return files.remove_abandoned(self._scratch)

    def _name(self, source: Path, name: str, act: Callable[[Path, Path], None]) -> None:
        """Give a file its durable name, in a folder that deletes of others may remove as often as they leave it empty.

        What waits for the disk comes after the name: a file in it keeps a folder.
        """
        target = self.root / name
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                made = files.add_missing(target.parent)
                act(source, target)
                break
            except FileNotFoundError:
                if not source.exists():
                    raise
                if time.monotonic() > deadline:
                    raise StoreError(
                        f"{self.url}/{name}: others have removed its folder for {_PATIENCE_SECONDS} s; try again"
                    ) from None
            except (IsADirectoryError, NotADirectoryError, FileExistsError):
                raise StoreError(
                    f"{self.url}/{name}: on a disk an object can't also be the folder of others; use another name"
                ) from None
        for folder in {target.parent, *(folder.parent for folder in made)}:
            files.sync_folder(folder)

    def _exclusive(self, name: str) -> contextlib.AbstractContextManager[None]:
        files.make_folder(self._locks)
        return files.locked(self._locks / str(zlib.crc32(name.encode()) % _LOCKS))


def _link(source: Path, target: Path) -> None:
    with contextlib.suppress(FileExistsError):
        target.hardlink_to(source)


def _walk(root: Path, folder: str) -> Iterator[Blob]:
    """Give the files below a folder one by one, in the order of their full names: `a-b` is before `a/b`."""
    try:
        entries = list(os.scandir(root / folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in sorted(entries, key=lambda entry: f"{entry.name}/" if _is_folder(entry) else entry.name):
        if _is_folder(entry):
            yield from _walk(root, f"{folder}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                yield _blob(f"{folder}{entry.name}", entry.stat(follow_symlinks=False))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    return entry.is_dir(follow_symlinks=False)


def _blob(name: str, found: os.stat_result) -> Blob:
    modified = datetime.fromtimestamp(found.st_mtime_ns / 1e9, UTC)
    return Blob(name, found.st_size, modified, f"{found.st_mtime_ns:x}-{found.st_ino:x}")


def _remove_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True
