"""A bucket of S3, Google Cloud Storage or Azure Blob Storage, by obstore."""

import contextlib
import io
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO, cast

import obstore
from obstore.exceptions import BaseError, GenericError, PermissionDeniedError
from obstore.store import ObjectStore, from_url

from workloads.store.backend import Blob
from workloads.store.errors import ForbiddenError, NotFoundError, StoreError, UnreachableError

if TYPE_CHECKING:
    from obstore import BytesStream, ObjectMeta  # types only: the library does not have them at run time
    from obstore.store import ClientConfig, RetryConfig

_PART = 16 << 20
_BUFFER = 1 << 20
_RETRY: "RetryConfig" = {
    "max_retries": 10,
    "retry_timeout": timedelta(minutes=3),
}  # the defaults of obstore, said
_ALLOW_HTTP = ("AWS_ALLOW_HTTP", "AZURE_ALLOW_HTTP", "GOOGLE_ALLOW_HTTP")
_TIMEOUTS: "ClientConfig" = {
    "connect_timeout": "10 seconds",
    "read_timeout": "60 seconds",
    "timeout": "2 hours",
}


class CloudBackend:
    """Objects of one bucket. A replaced object appears at once; of two writers at the same time the last one wins.

    An interrupted write of more than 16 MB leaves parts that only the platform's rule for incomplete uploads removes.
    """

    def __init__(self, url: str, objects: ObjectStore) -> None:
        self.url = url.rstrip("/")
        self._objects = objects

    @classmethod
    def open(cls, url: str) -> "CloudBackend":
        """Open s3://bucket, gs://bucket or abfss://container@account.dfs.core.windows.net as this machine's identity.

        A prefix may follow. az://container needs AZURE_STORAGE_ACCOUNT_NAME beside it.

        Raises:
            StoreError: the address or the machine's settings for this cloud are not usable.
        """
        try:
            return cls(url, from_url(url, client_options=_client(), retry_config=_RETRY))
        except (BaseError, ValueError) as error:
            raise StoreError(f"{url}: {_first_line(error)}") from error

    def head(self, name: str) -> Blob | None:
        """Give what is known of one object; None when it does not exist."""
        try:
            with contextlib.suppress(FileNotFoundError), self._calling(name):
                return _blob(obstore.head(self._objects, name))
        except ForbiddenError:
            # who may list one folder alone is told that of what is not in it (S3 API, HeadObject): its list knows
            with contextlib.suppress(StoreError):
                return next((blob for blob in self.list(name) if blob.name == name), None)
            raise
        return None

    def list(self, prefix: str) -> Iterator[Blob]:
        """Give all objects whose name begins with `prefix`, in the order of their names."""
        folder = prefix.rpartition("/")[0]
        with self._calling(prefix):
            for page in obstore.list(self._objects, folder or None):
                yield from (_blob(meta) for meta in page if meta["path"].startswith(prefix))

    def read(self, name: str) -> BinaryIO:
        """Give a stream of the bytes; raises NotFoundError."""
        with self._calling(name), self._finding(name):
            chunks = obstore.get(self._objects, name).stream(min_chunk_size=_BUFFER)
        return cast("BinaryIO", io.BufferedReader(_Chunks(chunks, lambda: self._calling(name)), _BUFFER))

    @contextlib.contextmanager
    def write(
        self, name: str, *, size: int | None = None, before: Callable[[], None] = lambda: None
    ) -> Iterator[BinaryIO]:
        """Give a sink that is uploaded in parts of 16 MB."""
        del size  # a cloud has room
        with self._calling(name):
            sink = obstore.open_writer(self._objects, name, buffer_size=_PART)
            yield cast("BinaryIO", sink)
            before()
            with self._finding(name):
                sink.close()

    def copy(self, source: str, target: str) -> None:
        """Copy inside the cloud."""
        with self._calling(target), self._finding(source):
            obstore.copy(self._objects, source, target)

    def delete(self, name: str, *, before: Callable[[], None] = lambda: None) -> None:
        """Remove an object; no error when it does not exist."""
        before()
        with contextlib.suppress(FileNotFoundError), self._calling(name):
            obstore.delete(self._objects, name)

    def tidy(self) -> int:
        """Leave incomplete uploads to the platform."""
        return 0

    @contextlib.contextmanager
    def _finding(self, name: str) -> Iterator[None]:
        """Tell that the object, or its whole bucket, does not exist."""
        try:
            yield
        except FileNotFoundError as error:
            bucket = "NoSuchBucket" in str(error) or "ContainerNotFound" in str(error)
            missing = "no such bucket" if bucket else "no such object"
            raise NotFoundError(f"{self.url}/{name}: {missing}") from error

    @contextlib.contextmanager
    def _calling(self, name: str) -> Iterator[None]:
        """Say which object an error of the cloud is about."""
        try:
            yield
        except BaseError as error:
            kinds = ((PermissionDeniedError, ForbiddenError), (GenericError, UnreachableError))
            kind = next((ours for theirs, ours in kinds if isinstance(error, theirs)), StoreError)
            raise kind(f"{self.url}/{name}: {_first_line(error)}") from error


class _Chunks(io.RawIOBase):
    """The chunks of a download as one stream."""

    def __init__(
        self, chunks: "BytesStream", calling: Callable[[], contextlib.AbstractContextManager[None]]
    ) -> None:
        super().__init__()
        self._chunks = chunks
        self._calling = calling
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # narrower than Buffer
        if not self._rest:
            with self._calling():
                self._rest = memoryview(next(self._chunks, b""))
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _client() -> "ClientConfig":
    """Give the timeouts, and plain HTTP where the environment allows it, which given options would hide."""
    allowed = any(os.environ.get(name, "").lower() in {"1", "true"} for name in _ALLOW_HTTP)
    return {**_TIMEOUTS, "allow_http": allowed}


def _first_line(error: Exception) -> str:
    """Leave out the structures that obstore prints behind its message."""
    return str(error).partition("\n")[0]


def _blob(meta: "ObjectMeta") -> Blob:
    return Blob(
        meta["path"], meta["size"], meta["last_modified"], meta["e_tag"] or meta["last_modified"].isoformat()
    )
