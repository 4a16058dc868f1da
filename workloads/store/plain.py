"""Objects as plain bytes: for buckets that the platform encrypts, or that hold nothing to protect."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from workloads.store.streams import Writer


@dataclass(frozen=True)
class Plain:
    """Writes and reads objects as they are."""

    def stored_size(self, plain: int) -> int:
        """Give the bytes on disk of an object of `plain` bytes."""
        return plain

    def content_size(self, stored: int) -> int:
        """Give the bytes of content in an object of `stored` bytes on disk."""
        return stored

    @contextlib.contextmanager
    def writing(self, sink: BinaryIO, name: str) -> Iterator[BinaryIO]:  # noqa: ARG002 - plain bytes are bound to nothing
        """Give a stream into the sink."""
        yield cast("BinaryIO", Writer(sink))

    def reading(self, source: BinaryIO, name: str, version: str | None = None) -> BinaryIO:  # noqa: ARG002 - as above
        """Give the source itself."""
        return source
