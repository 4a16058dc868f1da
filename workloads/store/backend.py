"""Where bytes are kept: the few operations that a store needs of a disk or a cloud."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol


@dataclass(frozen=True)
class Blob:
    """One stored file, as the listing of its place tells it."""

    name: str
    """Its path below the bucket's root."""
    size: int
    """Bytes as stored."""
    modified: datetime
    """When it was written, in UTC."""
    tag: str
    """Changes with each write and stays with a copy: an inode and time, or an entity tag."""


class Backend(Protocol):
    """A flat space of named byte strings, each replaced in one step."""

    @property
    def url(self) -> str:
        """The bucket's address, for errors."""
        ...

    def head(self, name: str) -> Blob | None:
        """Give what is known of one file; None when it does not exist."""
        ...

    def list(self, prefix: str) -> Iterator[Blob]:
        """Give all files whose name begins with `prefix`, in the order of their names."""
        ...

    def read(self, name: str) -> BinaryIO:
        """Give a stream of the bytes; raises NotFoundError."""
        ...

    def write(
        self, name: str, *, size: int | None = None, before: Callable[[], None] = lambda: None
    ) -> contextlib.AbstractContextManager[BinaryIO]:
        """Give a sink; at a clean end its bytes replace the file in one step, after an error nothing has changed.

        Args:
            name: The file.
            size: How many bytes will come, when that is known: a write that can't fit is refused at once.
            before: Called just before the new bytes replace the old, with other writers of this name kept out
                where the place can do so.
        """
        ...

    def copy(self, source: str, target: str) -> None:
        """Make the bytes of `source` appear at `target` too, in one step."""
        ...

    def delete(self, name: str, *, before: Callable[[], None] = lambda: None) -> None:
        """Remove a file, after calling `before` as `write` does; no error when it does not exist."""
        ...

    def tidy(self) -> int:
        """Remove what killed writers left; give the number of files."""
        ...
