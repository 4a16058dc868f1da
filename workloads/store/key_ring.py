"""A key ring: the keys of a bucket in a private folder, rotated without losing what older keys have sealed.

    ring/            0700
      kek.json       0600  key-encryption keys (AES-256-GCM), the root of trust
      data.json      0600  data keys (AES-256-GCM streaming), wrapped under the key-encryption key
      users.json     0600  the buckets that need this ring
      lock           0600  held while the ring changes

Whoever reads the folder can open the buckets, so its rights are checked each time. The wrapping makes a leaked copy of
data.json useless, binds it to its ring and dates, and lets the key-encryption key change without touching one object.
Deleting the ring makes every object under it unreadable for ever, in backups also.
"""

import contextlib
import json
import shutil
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self

from tink.streaming_aead import StreamingAead

from workloads.store import files, keysets, ring_files
from workloads.store.errors import DamagedError, KeyRingError, StoreError
from workloads.store.ring_files import DATA, KEK, LOCK, USERS, Contents

Stamp = tuple[int, int]  # modification time in nanoseconds, inode


@dataclass(frozen=True)
class Key:
    """One data key, without its material."""

    id: str
    """Eight hexadecimal digits, as in the header of each object that it sealed."""
    created: datetime
    """When it was made, in UTC."""
    state: Literal["primary", "enabled"]
    """The primary seals new objects; an enabled key only opens old ones."""


class KeyRing:
    """The keys of one or more buckets. Make one with `create`, else `open` it.

    A ring that stays open follows the rotations of other processes: before it seals, and when it meets an object of a
    key that it doesn't know.
    """

    def __init__(self, path: Path, contents: Contents, stamp: Stamp | None = None) -> None:
        self.path = path
        self._contents = contents
        self._stamp = stamp

    @classmethod
    def create(cls, path: str | Path, *, owner: str = "", generation: int = 1) -> Self:
        """Make a ring of one key in a new or empty folder; it is there wholly or not at all.

        Args:
            path: The ring's folder; missing parents are made, for the owner only.
            owner: Who makes it, told by errors: a resource's URN, say.
            generation: The number that `rotate` compares with.

        Raises:
            KeyRingError: the folder holds something already.
        """
        folder = Path(path).absolute()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise KeyRingError(f"{folder}: not empty; name a new folder, or open the key ring that is there")
        files.make_folder(folder.parent)
        contents = _fresh(owner, generation)
        scratch = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
        scratch.mkdir(mode=0o700)
        try:
            ring_files.write_kek(scratch, contents)
            ring_files.write_data(scratch, contents)
            files.replace(scratch / USERS, b"[]")
            scratch.rename(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        files.sync_folder(folder.parent)
        return cls(folder, contents)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open the ring of a folder.

        Raises:
            NotFoundError: no ring is there.
            KeyRingError: others have rights to it, a file is missing, or the files belong to two rings.
            DamagedError: a file is not what was written.
        """
        folder = Path(path).absolute()
        stamp = _stamp(folder)  # before the reading: a rotation in between is then seen at the next look
        return cls(folder, _read(folder), stamp)

    @property
    def id(self) -> str:
        """The ring's id, 32 hexadecimal digits, the same for ever."""
        return self._contents.ring

    @property
    def owner(self) -> str:
        """Who made the ring, or empty."""
        return self._contents.owner

    @property
    def generation(self) -> int:
        """The highest generation that was asked for by number."""
        return self._contents.generation

    @property
    def keys(self) -> tuple[Key, ...]:
        """All data keys, the oldest first."""
        primary = self._contents.data.primary_key_id
        return tuple(
            Key(f"{key:08x}", date, "primary" if key == primary else "enabled")
            for key, date in sorted(self._contents.created.items(), key=lambda item: item[1])
        )

    @property
    def primary(self) -> Key:
        """The key that seals new objects."""
        return next(key for key in self.keys if key.state == "primary")

    @property
    def rotated_at(self) -> datetime:
        """When the primary key was made, in UTC."""
        return self.primary.created

    def rotate(self, *, generation: int | None = None) -> Key:
        """Make a new primary data key and a new key-encryption key; what older data keys sealed stays readable.

        Args:
            generation: Rotate only if the ring has not reached this number, which it then has: so an interrupted
                rotation can be asked for again. Default: rotate in any case, and leave the number as it is.

        Returns:
            The primary key.
        """
        with files.locked(self.path / LOCK):
            now = ring_files.read(self.path)
            wanted = generation or now.generation
            if generation is None or now.generation < wanted:
                data = keysets.with_new_primary(now.data, keysets.DATA_TEMPLATE)
                created = now.created | {data.primary_key_id: datetime.now(UTC)}
                now = _rewrapped(self.path, replace(now, data=data, created=created, generation=wanted))
            self._contents = now
        return self.primary

    def rewrap(self) -> None:
        """Make a new key-encryption key and wrap the data keys under it; the old one is forgotten."""
        with files.locked(self.path / LOCK):
            self._contents = _rewrapped(self.path, ring_files.read(self.path))

    def reload(self) -> None:
        """Read the files again, for rotations by other processes."""
        self._stamp = _stamp(self.path)
        self._contents = _read(self.path)

    def sealing_key(self) -> tuple[int, StreamingAead]:
        """Give the primary key's id and its streaming cipher, after a look for rotations by other processes.

        Raises:
            NotFoundError: the ring was deleted meanwhile: what it seals now could never be opened.
        """
        if _stamp(self.path) != self._stamp:
            self.reload()
        key: int = self._contents.data.primary_key_id
        return key, self.opening_key(key)

    def opening_key(self, key_id: int) -> StreamingAead:
        """Give the streaming cipher of one key.

        Raises:
            KeyRingError: the ring doesn't hold this key.
        """
        if key_id not in self._contents.created:
            self.reload()
        if key_id not in self._contents.created:
            held = ", ".join(key.id for key in self.keys)
            raise KeyRingError(
                f"{self.path}: this ring holds the keys {held}, not {key_id:08x}; give the bucket's own ring"
            )
        return keysets.streaming(keysets.only(self._contents.data, key_id))

    def users(self) -> tuple[str, ...]:
        """Name the buckets that need this ring, in order."""
        return users(self.path)

    def register(self, user: str) -> None:
        """Note that a bucket needs this ring."""
        with files.locked(self.path / LOCK):
            self._write_users({*self.users(), user})

    def release(self, user: str) -> None:
        """Note that a bucket no longer needs this ring."""
        with files.locked(self.path / LOCK):
            self._write_users({*self.users()} - {user})

    def destroy(self) -> None:
        """Delete the ring, and with it for ever the contents of all that it sealed.

        Raises:
            StoreError: a bucket still needs it.
        """
        if self.users():
            raise StoreError(
                f"{self.path}: still needed by {', '.join(self.users())}; delete the bucket first"
            )
        erase(self.path)

    def _write_users(self, users: set[str]) -> None:
        files.replace(self.path / USERS, json.dumps(sorted(users), indent=1).encode())


def users(path: Path) -> tuple[str, ...]:
    """Name the buckets that need the ring of a folder, which need not open; none where there is no ring.

    Raises:
        DamagedError: the list can't be read.
    """
    try:
        return tuple(sorted(json.loads((path / USERS).read_bytes())))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError) as error:
        raise DamagedError(f"{path / USERS}: can't be read ({error}); restore it from a backup") from None


def erase(path: Path) -> None:
    """Delete the files of a ring, readable or not, and its folder if nothing else is in it."""
    for name in (KEK, DATA, USERS, LOCK):
        (path / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        path.rmdir()


def protect(path: Path) -> None:
    """Take the rights to a ring's files from all but their owner."""
    path.chmod(0o700)
    for name in (KEK, DATA, USERS, LOCK):
        with contextlib.suppress(FileNotFoundError):
            (path / name).chmod(0o600)


def _fresh(owner: str, generation: int) -> Contents:
    data = keysets.generate(keysets.DATA_TEMPLATE)
    return Contents(
        ring=uuid.uuid4().hex,
        owner=owner,
        generation=generation,
        created={data.primary_key_id: datetime.now(UTC)},
        kek=keysets.generate(keysets.KEK_TEMPLATE),
        data=data,
    )


def _stamp(folder: Path) -> Stamp | None:
    """Give what changes when the data keys are replaced; None when they are gone."""
    try:
        found = (folder / DATA).stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino


def _read(folder: Path) -> Contents:
    """Read a ring, once more under its lock when a rotation may have come between its two files."""
    try:
        return ring_files.read(folder)
    except DamagedError:
        with files.locked(folder / LOCK):
            return ring_files.read(folder)


def _rewrapped(folder: Path, contents: Contents) -> Contents:
    """Wrap under a new key-encryption key in three steps; the ring opens after a crash between any two of them."""
    kek = keysets.with_new_primary(contents.kek, keysets.KEK_TEMPLATE)
    both = replace(contents, kek=kek)
    ring_files.write_kek(folder, both)
    ring_files.write_data(folder, both)
    alone = replace(contents, kek=keysets.only(kek, kek.primary_key_id))
    ring_files.write_kek(folder, alone)
    return alone
