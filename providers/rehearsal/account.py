"""The account of the stand-in clouds: what exists, who uses it, and which ids were ever issued.

One SQLite file in the rehearsal's own folder. Every change is one transaction, so a crash leaves a whole account.
Secrets are kept as keyed digests only: enough to see that one changed, not enough to read it.
"""

import hashlib
import hmac
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from providers.base.values import UNKNOWN, Bag, Secret, at, leaves, plain
from providers.rehearsal.accountfile import opened, telling

_DIGEST = "rehearsal:digest"


class Name(NamedTuple):
    """What tells a resource from all others."""

    token: str
    place: str
    """Region, project or cluster in which its id is unique."""
    id: str
    urn: str


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that exists in the account."""

    key: int
    token: str
    place: str
    id: str
    urn: str
    inputs: Bag
    outputs: Bag


class Account:
    """What exists in one rehearsal account.

    Args:
        folder: The account's own folder; made when missing, readable by its owner only.

    Raises:
        AccountError: Its file can't be used; also later, from whatever reads or writes.
    """

    def __init__(self, folder: Path) -> None:
        self._db = opened(folder)
        self._file = folder / "account.sqlite"
        self._lock = threading.RLock()
        self._salt = bytes.fromhex(self.note("salt") or self._first("salt", secrets.token_hex(16)))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the account alone, and write all that happens inside at once or not at all."""
        with self._lock:
            self._run("BEGIN IMMEDIATE")
            try:
                yield
                self._run("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite itself rolls back where no space is left
                    self._run("ROLLBACK")
                raise

    # Notes: small facts that outlive a process, such as a fault that has struck.

    def note(self, name: str) -> str:
        """Read a note; the empty string when there is none."""
        row = self._one("SELECT value FROM note WHERE name = ?", name)
        return str(row[0]) if row else ""

    def write_note(self, name: str, value: str) -> None:
        """Write a note."""
        self._run(
            "INSERT INTO note VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value,
        )

    def _first(self, name: str, value: str) -> str:
        self._run("INSERT OR IGNORE INTO note VALUES (?, ?)", name, value)
        return self.note(name)

    # Resources.

    def add(self, name: Name, inputs: Bag, outputs: Bag, issued: Iterable[str]) -> int:
        """Record a new resource with its inputs and outputs, the identifiers it owns, and whom it uses."""
        cursor = self._run(
            "INSERT INTO resource (token, place, id, urn, inputs, outputs) VALUES (?, ?, ?, ?, ?, ?)",
            *(*name, self._dump(inputs), self._dump(outputs)),
        )
        key = cursor.lastrowid or 0
        for text in {name.id, *issued}:
            self._run("INSERT OR IGNORE INTO issued VALUES (?, ?)", text, key)
        self._relate(key, inputs)
        return key

    def rewrite(self, record: Record, inputs: Bag, outputs: Bag) -> None:
        """Replace the inputs and outputs of a resource."""
        self._run(
            "UPDATE resource SET inputs = ?, outputs = ? WHERE key = ?",
            *(self._dump(inputs), self._dump(outputs), record.key),
        )
        self._run("DELETE FROM uses WHERE user = ?", record.key)
        self._relate(record.key, inputs)

    def remove(self, record: Record) -> None:
        """Forget a resource, its identifiers and its uses."""
        self._run("DELETE FROM resource WHERE key = ?", record.key)
        self._run("DELETE FROM issued WHERE owner = ?", record.key)
        self._run("DELETE FROM uses WHERE user = ? OR owner = ?", record.key, record.key)

    def empty_place(self, place: str) -> int:
        """Forget all that lives in one place, as a deleted cluster takes its objects along; give how many."""
        gone = [record for record in self.all() if record.place == place]
        for record in gone:
            self.remove(record)
        return len(gone)

    def find(self, token: str, place: str, id_: str) -> Record | None:
        """The resource with an id, or None."""
        return self._record("token = ? AND place = ? AND id = ?", token, place, id_)

    def by_key(self, key: int) -> Record:
        """The resource with an internal key."""
        found = self._record("key = ?", key)
        assert found, f"no resource with key {key}"
        return found

    def named(self, token: str, id_: str) -> Record | None:
        """A resource of a type with an id, in any place."""
        return self._record("token = ? AND id = ?", token, id_)

    def owner(self, identifier: str) -> Record | None:
        """The resource that an id, ARN or other identifier belongs to, or None when it was never issued."""
        row = self._one("SELECT owner FROM issued WHERE text = ? LIMIT 1", identifier)
        return self._record("key = ?", row[0]) if row else None

    def issued_like(self, prefix: str) -> list[str]:
        """Identifiers that begin alike, for a hint in a message."""
        rows = self._all("SELECT text FROM issued WHERE text LIKE ? || '%' ORDER BY text LIMIT 50", prefix)
        return [str(row[0]) for row in rows]

    def users(self, record: Record) -> list[Record]:
        """The resources whose inputs name an identifier of this one."""
        rows = self._all("SELECT user FROM uses WHERE owner = ? ORDER BY user", record.key)
        return [self.by_key(row[0]) for row in rows]

    def of_type(self, *tokens: str) -> list[Record]:
        """All resources of some types."""
        marks = ", ".join("?" for _ in tokens)
        rows = self._all(f"SELECT * FROM resource WHERE token IN ({marks}) ORDER BY key", *tokens)  # noqa: S608 - only question marks are put in
        return [self._load(row) for row in rows]

    def all(self) -> list[Record]:
        """All resources in the order in which they were made."""
        return [self._load(row) for row in self._all("SELECT * FROM resource ORDER BY key")]

    def count(self) -> int:
        """How many resources exist."""
        row = self._one("SELECT count(*) FROM resource")
        return int(row[0]) if row else 0

    # Secrets.

    def conceal(self, value: Any) -> Any:
        """Put a keyed digest in the place of each secret."""
        if isinstance(value, Secret):
            text = json.dumps(plain(value), sort_keys=True, default=str)
            return {_DIGEST: hmac.new(self._salt, text.encode(), hashlib.sha256).hexdigest()}
        if isinstance(value, Mapping):
            return {key: self.conceal(inner) for key, inner in value.items() if inner is not UNKNOWN}
        if isinstance(value, list):
            return [self.conceal(inner) for inner in value]
        return value

    def reveal(self, value: Any, state: Any) -> Any:
        """Put the engine's own secrets back where their digest still fits; a changed one comes as a new secret."""
        if isinstance(value, Mapping) and _DIGEST in value:
            given = state if isinstance(state, Secret) else Secret(state)
            same = self.conceal(given) == value
            return given if same else Secret(f"changed behind the engine's back ({value[_DIGEST][:8]})")
        if isinstance(value, Mapping):
            return {
                key: self.reveal(inner, at(state, (key,)) if _has(state, key) else None)
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self.reveal(inner, _item(state, index)) for index, inner in enumerate(value)]
        return value

    # Plumbing.

    def _relate(self, key: int, inputs: Bag) -> None:
        texts = {leaf for _, leaf in leaves(inputs) if isinstance(leaf, str) and 0 < len(leaf) < 400}
        for text in texts:
            for (owner,) in self._all("SELECT owner FROM issued WHERE text = ? AND owner <> ?", text, key):
                self._run("INSERT OR IGNORE INTO uses VALUES (?, ?)", key, owner)

    def _dump(self, bag: Bag) -> str:
        return json.dumps(self.conceal(bag))

    def _record(self, where: str, *values: Any) -> Record | None:
        row = self._one(f"SELECT * FROM resource WHERE {where} LIMIT 1", *values)  # noqa: S608 - conditions of this file
        return self._load(row) if row else None

    @staticmethod
    def _load(row: tuple[Any, ...]) -> Record:
        key, token, place, id_, urn, inputs, outputs = row
        return Record(key, token, place, id_, urn, json.loads(inputs), json.loads(outputs))

    def _run(self, query: str, *values: Any) -> sqlite3.Cursor:
        with self._lock, telling(self._file):
            return self._db.execute(query, values)

    def _one(self, query: str, *values: Any) -> tuple[Any, ...] | None:
        with self._lock, telling(self._file):
            row: tuple[Any, ...] | None = self._db.execute(query, values).fetchone()
            return row

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock, telling(self._file):
            return self._db.execute(query, values).fetchall()


def _has(state: Any, key: str) -> bool:
    inner = state.value if isinstance(state, Secret) else state
    return isinstance(inner, Mapping) and key in inner


def _item(state: Any, index: int) -> Any:
    inner = state.value if isinstance(state, Secret) else state
    return inner[index] if isinstance(inner, list) and index < len(inner) else None
