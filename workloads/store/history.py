"""Noncurrent versions: kept when an object is replaced or deleted, removed when their time is up."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from workloads.store.backend import Backend, Blob
from workloads.store.manifest import Lifecycle
from workloads.store.names import RESERVED, VERSIONS
from workloads.store.plain import Plain
from workloads.store.sealed import Sealed

_NAME = re.compile(
    rf"{VERSIONS}/(?P<key>.+)/{RESERVED}-(?P<version>[0-9a-f]{{32}})-(?P<since>[0-9a-f]{{16}})"
)
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Version:
    """One version of an object."""

    key: str
    """The object's name."""
    version: str
    """32 hexadecimal digits that sort by the time of writing."""
    size: int
    """Bytes of content."""
    written: datetime
    """When it was written, in UTC."""
    noncurrent_since: datetime | None
    """When it was replaced or deleted; None for the current one."""
    blob: str
    """The file's name in the bucket."""


class History:
    """The versions of a bucket's objects."""

    def __init__(self, backend: Backend, codec: Sealed | Plain, lifecycle: Lifecycle) -> None:
        self._backend = backend
        self._codec = codec
        self._lifecycle = lifecycle

    def keep(self, key: str) -> None:
        """Keep the current object, where there is one, as a noncurrent version."""
        blob = self._backend.head(key)
        if blob is not None:
            since = time.time_ns().to_bytes(8, "big").hex()
            name = f"{VERSIONS}/{key}/{RESERVED}-{self._version_id(blob)}-{since}"
            self._backend.copy(key, name)

    def current(self, key: str) -> Version | None:
        """Give the current version; None when the object does not exist."""
        blob = self._backend.head(key)
        return None if blob is None else self._version(key, blob, self._version_id(blob), None)

    def noncurrent(self, key: str) -> list[Version]:
        """Give the noncurrent versions of one object, the newest first."""
        return list(self._once(key).values())

    def sweep(self, key: str) -> int:
        """Remove the noncurrent versions of one object whose time is up; give their number."""
        versions = self._once(key)
        repeated = [v for v in self._of(key) if v.version in versions and versions[v.version] != v]
        expired = [v for place, v in enumerate(versions.values()) if self._is_over(place, v)]
        for version in [*repeated, *expired]:
            self._backend.delete(version.blob)
        return len(expired)

    def keys(self) -> set[str]:
        """Name the objects that have noncurrent versions."""
        return {version.key for version in self._parsed(f"{VERSIONS}/")}

    def _is_over(self, place: int, version: Version) -> bool:
        most, days = self._lifecycle.noncurrent_versions, self._lifecycle.noncurrent_days
        if most is not None and place >= most:
            return True
        since = version.noncurrent_since
        return (
            days is not None
            and since is not None
            and (datetime.now(UTC) - since).total_seconds() > days * _DAY_SECONDS
        )

    def _parsed(self, prefix: str) -> Iterator[Version]:
        for blob in self._backend.list(prefix):
            if match := _NAME.fullmatch(blob.name):
                yield self._version(match["key"], blob, match["version"], int(match["since"], 16))

    def _of(self, key: str) -> list[Version]:
        return [v for v in self._parsed(f"{VERSIONS}/{key}/{RESERVED}-") if v.key == key]

    def _once(self, key: str) -> dict[str, Version]:
        """Give each version once, the newest first, without the current one.

        A writer that is killed between keeping and replacing leaves the current object kept too early; the next write
        keeps it again, and the later date is the true one.
        """
        found = sorted(self._of(key), key=lambda v: v.blob)
        last = {v.version: v for v in found}
        current = self.current(key)
        if current is not None:
            last.pop(current.version, None)
        return dict(sorted(last.items(), reverse=True))

    def _version(self, key: str, blob: Blob, version: str, since_ns: int | None) -> Version:
        since = None if since_ns is None else datetime.fromtimestamp(since_ns / 1e9, UTC)
        written = datetime.fromtimestamp(int(version[:16], 16) / 1e9, UTC)
        return Version(key, version, self._codec.content_size(blob.size), written, since, blob.name)

    def _version_id(self, blob: Blob) -> str:
        """Read the id from a sealed object's header; derive it from the time and tag of a plain one."""
        if isinstance(self._codec, Sealed):
            with self._backend.read(blob.name) as source:
                return self._codec.version(source, blob.name)
        return f"{int(blob.modified.timestamp() * 1e9):016x}{sha256(blob.tag.encode()).hexdigest()[:16]}"
