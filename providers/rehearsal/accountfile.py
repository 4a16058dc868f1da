"""The file of an account: made, numbered, and looked at when it is opened, so that a bad one is told.

Whatever SQLite says afterwards becomes one sentence with the file and the reason.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from providers.base.errors import ProviderError

VERSION = 1
"""Of the tables; any change to them or to what their JSON means takes the next number."""

TABLES = """
CREATE TABLE resource (
  key INTEGER PRIMARY KEY, token TEXT NOT NULL, place TEXT NOT NULL, id TEXT NOT NULL, urn TEXT NOT NULL,
  inputs TEXT NOT NULL, outputs TEXT NOT NULL, UNIQUE (token, place, id));
CREATE INDEX by_urn ON resource (urn);
CREATE TABLE issued (text TEXT NOT NULL, owner INTEGER NOT NULL, PRIMARY KEY (text, owner));
CREATE INDEX by_owner ON issued (owner);
CREATE TABLE uses (user INTEGER NOT NULL, owner INTEGER NOT NULL, PRIMARY KEY (user, owner));
CREATE INDEX by_used ON uses (owner);
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

_MARK = "PRAGMA user_version"
_DAMAGED = "it is damaged, or no account of stand-in clouds"
_WHY = {
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_FULL: "no space is left beside it; free some and run this again",
    sqlite3.SQLITE_IOERR: "it can't be written to its end; look for free space and at the disk",
    sqlite3.SQLITE_READONLY: "it can't be written; look at who owns it and its folder",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened; look at who owns it and its folder",
    sqlite3.SQLITE_BUSY: "another process holds it; wait for that one and run this again",
}
"""What an error of SQLite means to a person, by its primary code."""


class AccountError(ProviderError):
    """The account's file can't be used.

    Args:
        text: Which file it is and what is wrong.
        spoilt: Only an empty folder helps; nothing in the old one is real.
    """

    def __init__(self, text: str, *, spoilt: bool = False) -> None:
        super().__init__(text)
        self.spoilt = spoilt


def opened(folder: Path) -> sqlite3.Connection:
    """Open the account in a folder, or make an empty one; the folder is made when missing, its owner's alone.

    Raises:
        AccountError: Another version made the file, it is damaged, or folder or file can't be read and written.
    """
    file = folder / "account.sqlite"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise AccountError(f"{folder}: no account can be kept there: {error.strerror}") from None
    with telling(file):
        db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = OFF")  # a killed process loses nothing, only a power cut would
            _fitting(db, file)
        except BaseException:
            db.close()
            raise
    return db


@contextmanager
def telling(file: Path) -> Iterator[None]:
    """Say what SQLite's errors mean for the account in a file."""
    try:
        yield
    except sqlite3.Error as error:
        why = _WHY.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, str(error))
        raise AccountError(f"{file}: {why}", spoilt=why == _DAMAGED) from None


def _fitting(db: sqlite3.Connection, file: Path) -> None:
    """Make the tables of a new file; refuse one that can't be read."""
    if _empty(db):
        db.execute("BEGIN IMMEDIATE")
        if _empty(db):  # of two that open a new account at once the second finds it made
            for statement in TABLES.split(";"):
                db.execute(statement)
            db.execute(f"{_MARK} = {VERSION}")
        db.execute("COMMIT")
    found = db.execute(_MARK).fetchone()[0]
    if found != VERSION:
        made = f"its tables have version {found}, and these stand-in clouds read version {VERSION}"
        raise AccountError(f"{file}: another version of Causeway made it: {made}", spoilt=True)
    if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise AccountError(f"{file}: {_DAMAGED}", spoilt=True)


def _empty(db: sqlite3.Connection) -> bool:
    return not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
