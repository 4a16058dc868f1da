"""The store: objects in a bucket, sealed on this side when the bucket has a key ring."""

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self

from workloads.store import files
from workloads.store.address import connect
from workloads.store.backend import Backend, Blob
from workloads.store.errors import ForbiddenError, KeyRingError, NotFoundError, StoreError
from workloads.store.history import History, Version
from workloads.store.key_ring import KeyRing
from workloads.store.manifest import Lifecycle, Manifest
from workloads.store.names import MANIFEST, RESERVED, check
from workloads.store.plain import Plain
from workloads.store.sealed import Sealed

_CHUNK = 1 << 20
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Info:
    """One object, as a listing tells it."""

    key: str
    """Its name."""
    size: int
    """Bytes of content."""
    modified: datetime
    """When it was written, in UTC."""


@dataclass(frozen=True)
class Swept:
    """What a sweep removed."""

    expired: int
    """Objects that were older than the lifecycle allows."""
    versions: int
    """Noncurrent versions whose time was up."""
    abandoned: int
    """Temporary files of writers that were killed."""


class Store:
    """Objects in one bucket.

    Contents are sealed when the bucket has a key ring; names, sizes and times stay readable, because operators need
    them: put nothing secret into a name. Every write replaces the object in one step, or changes nothing.
    Safe for many threads and processes; of two writers at the same time the last wins, and with versioning both stay.
    """

    def __init__(self, backend: Backend, manifest: Manifest | None, key_ring: KeyRing | None) -> None:
        self._backend = backend
        self.manifest = manifest or Manifest()
        self._codec = _codec(backend.url, self.manifest, key_ring)
        self._history = History(backend, self._codec, self.manifest.lifecycle)

    @classmethod
    def open(cls, url: str, key_ring: str | Path | KeyRing | None = None) -> Self:
        """Open a bucket.

        Args:
            url: file:///folder, s3://bucket/prefix, gs://bucket/prefix or
                abfss://container@account.dfs.core.windows.net/prefix. A cloud's bucket without a manifest, or of which
                this identity may see one folder alone, is read and written as plain bytes: the platform encrypts it.
            key_ring: The ring of a sealed bucket, or its folder; None or "" for one that is not sealed.

        Raises:
            NotFoundError: the folder is no bucket, or there is no key ring.
            KeyRingError: the bucket needs a ring, or another one.
            ForbiddenError: a ring was given, and this identity may not read what the bucket is.
        """
        backend = connect(url)
        try:
            manifest = read_manifest(backend)
        except ForbiddenError:
            # an identity of one folder never sees the root; what it holds a ring for it must not take for plain
            if key_ring:
                raise
            manifest = None
        if manifest is None and backend.url.startswith("file:"):
            raise NotFoundError(
                f"{url}: not a bucket: it has no {MANIFEST}; make one with Store.create or a Bucket resource"
            )
        return cls(backend, manifest, _opened(key_ring))

    @classmethod
    def create(
        cls,
        url: str,
        key_ring: str | Path | KeyRing | None = None,
        *,
        versioning: bool = False,
        lifecycle: Lifecycle | None = None,
        labels: dict[str, str] | None = None,
        owner: str = "",
    ) -> Self:
        """Make a bucket, sealed if a key ring is given, in a new or empty place.

        Args:
            url: As for `open`.
            key_ring: The ring that seals it; None for plain bytes.
            versioning: Keep replaced and deleted objects as noncurrent versions. Default no.
            lifecycle: What is removed by itself. Default nothing.
            labels: Free words, kept in the manifest.
            owner: Who makes it, told by errors: a resource's URN, say.

        Raises:
            StoreError: something is there already.
        """
        backend = connect(url)
        there = next(iter(backend.list("")), None) or backend.head(MANIFEST)
        if there is not None:
            raise StoreError(
                f"{url}: not empty, it holds {there.name}; name an empty place, or open the bucket that is there"
            )
        ring = _opened(key_ring)
        manifest = Manifest(
            owner=owner,
            encryption="none" if ring is None else "customer-managed",
            key_ring=None if ring is None else ring.id,
            versioning=versioning,
            lifecycle=lifecycle or Lifecycle(),
            labels=labels or {},
        )
        write_manifest(backend, manifest)
        return cls(backend, manifest, ring)

    @property
    def url(self) -> str:
        """The bucket's address."""
        return self._backend.url

    @contextlib.contextmanager
    def writer(self, key: str, *, size: int | None = None) -> Iterator[BinaryIO]:
        """Give a stream whose bytes become the object at a clean end; after an error nothing has changed.

        Args:
            key: The object's name.
            size: Bytes of content that will come, if known: a write that can't fit is then refused at once.

        Raises:
            NoSpaceError: the disk is full; the old object is intact.
        """
        check(key)
        stored = None if size is None else self._codec.stored_size(size)
        with (
            self._backend.write(key, size=stored, before=lambda: self._keep(key)) as sink,
            self._codec.writing(sink, key) as stream,
        ):
            yield stream
        self._limit(key)

    def reader(self, key: str, *, version: str | None = None) -> BinaryIO:
        """Give a stream of the content, from its start to its end (no seeking: `download` an object for that).

        Each megabyte is checked before it is given; a cut end shows at the end.

        Raises:
            NotFoundError: no such object or version.
            DamagedError: here or while reading: not the bytes that were written.
        """
        name = check(key) if version is None else self._find(key, version).blob
        with contextlib.ExitStack() as on_error:
            source = on_error.enter_context(self._backend.read(name))
            stream = self._codec.reading(source, key, version)
            on_error.pop_all()
        return stream

    def put(self, key: str, data: "bytes | bytearray | memoryview") -> None:
        """Write an object of bytes in memory."""
        with self.writer(key, size=len(memoryview(data).cast("B"))) as stream:
            stream.write(data)

    def get(self, key: str, *, version: str | None = None) -> bytes:
        """Read a whole object into memory; raises as `reader` does."""
        with self.reader(key, version=version) as stream:
            return stream.read()

    def upload(self, path: str | Path, key: str) -> None:
        """Write an object from a file, in pieces of 1 MiB."""
        with Path(path).open("rb") as source, self.writer(key, size=Path(path).stat().st_size) as stream:
            shutil.copyfileobj(source, stream, _CHUNK)

    def download(self, key: str, path: str | Path, *, version: str | None = None) -> None:
        """Read an object into a private file (0600), which appears when all of it was read and found whole.

        Raises:
            NotFoundError, DamagedError, NoSpaceError: the file is then as it was before.
        """
        target = Path(path).absolute()
        with (
            self.reader(key, version=version) as source,
            files.appearing(target, f"{self.url}/{key}") as file,
        ):
            shutil.copyfileobj(source, file, _CHUNK)

    def stat(self, key: str) -> Info:
        """Give an object's size and time; raises NotFoundError."""
        blob = self._backend.head(check(key))
        if blob is None:
            raise NotFoundError(f"{self.url}/{key}: no such object")
        return self._info(blob)

    def exists(self, key: str) -> bool:
        """Say whether there is such an object."""
        return self._backend.head(check(key)) is not None

    def list(self, prefix: str = "") -> Iterator[Info]:
        """Give the objects whose name begins with `prefix`, in the order of their names."""
        return (
            self._info(blob)
            for blob in self._backend.list(prefix)
            if not blob.name.startswith(f"{RESERVED}/")
        )

    def delete(self, key: str) -> None:
        """Delete an object, which versioning keeps as a noncurrent version; raises NotFoundError."""
        self.stat(key)
        self._backend.delete(key, before=lambda: self._keep(key))
        self._limit(key)

    def copy(self, source: str, target: str) -> None:
        """Write a second object of the same content, sealed anew for its name."""
        with self.reader(source) as old, self.writer(target, size=self.stat(source).size) as new:
            shutil.copyfileobj(old, new, _CHUNK)

    def versions(self, key: str) -> tuple[Version, ...]:
        """Give all versions of an object, the newest first; the current one has no `noncurrent_since`."""
        current = self._history.current(check(key))
        return (*([current] if current else []), *self._history.noncurrent(key))

    def restore(self, key: str, version: str) -> None:
        """Write an old version again as the current object."""
        with self.reader(key, version=version) as old, self.writer(key) as new:
            shutil.copyfileobj(old, new, _CHUNK)

    def digest(self, key: str, *, version: str | None = None) -> str:
        """Read an object through, which proves that it is whole, and give the SHA-256 of its content in hexadecimal."""
        with self.reader(key, version=version) as stream:
            digest = hashlib.sha256()
            while piece := stream.read(_CHUNK):
                digest.update(piece)
            return digest.hexdigest()

    def sweep(self) -> Swept:
        """Remove what the lifecycle says, and what killed writers left."""
        expired = [info.key for info in self.list() if self._is_expired(info)]
        for key in expired:
            self._backend.delete(key, before=lambda key=key: self._keep(key))  # type: ignore[misc]  # bound on purpose
        versions = sum(self._history.sweep(key) for key in sorted(self._history.keys()))
        return Swept(len(expired), versions, self._backend.tidy())

    def _info(self, blob: Blob) -> Info:
        return Info(blob.name, self._codec.content_size(blob.size), blob.modified)

    def _is_expired(self, info: Info) -> bool:
        days = self.manifest.lifecycle.expire_days
        return days is not None and (datetime.now(UTC) - info.modified).total_seconds() > days * _DAY_SECONDS

    def _keep(self, key: str) -> None:
        if self.manifest.versioning:
            self._history.keep(key)

    def _limit(self, key: str) -> None:
        limits = self.manifest.lifecycle
        if limits.noncurrent_versions is not None or limits.noncurrent_days is not None:
            self._history.sweep(key)

    def _find(self, key: str, version: str) -> Version:
        for found in self.versions(key):
            if found.version == version:
                return found
        raise NotFoundError(f"{self.url}/{key}: no version {version}; `versions` gives those that are there")


def read_manifest(backend: Backend) -> Manifest | None:
    """Read a bucket's manifest; None when it has none."""
    try:
        with backend.read(MANIFEST) as stream:
            return Manifest.from_bytes(stream.read(), f"{backend.url}/{MANIFEST}")
    except NotFoundError:
        return None


def write_manifest(backend: Backend, manifest: Manifest) -> None:
    """Replace a bucket's manifest."""
    with backend.write(MANIFEST) as stream:
        stream.write(manifest.to_bytes())


def _opened(key_ring: str | Path | KeyRing | None) -> KeyRing | None:
    if isinstance(key_ring, KeyRing):
        return key_ring
    return KeyRing.open(key_ring) if key_ring else None


def _codec(url: str, manifest: Manifest, ring: KeyRing | None) -> Sealed | Plain:
    """Choose sealed or plain; a changed manifest can't make a caller who gives a ring write plain bytes."""
    if manifest.key_ring is None and ring is None:
        return Plain()
    if ring is None:
        raise KeyRingError(
            f"{url}: this bucket is sealed under key ring {manifest.key_ring}; give the folder of that ring"
        )
    if manifest.key_ring is None:
        raise KeyRingError(
            f"{url}: this bucket holds plain bytes, but key ring {ring.path} was given; give none"
        )
    if manifest.key_ring != ring.id:
        raise KeyRingError(
            f"{url}: this bucket is sealed under key ring {manifest.key_ring}, but {ring.path} is {ring.id}"
        )
    return Sealed(manifest.id, ring)
