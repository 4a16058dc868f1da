"""The two files of a key ring: what they say, how they are read, checked and replaced."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tink.proto.tink_pb2 import Keyset

from workloads.store import files, keysets
from workloads.store.errors import DamagedError, ExposedError, KeyRingError, NotFoundError

FORMAT = 1
KEK = "kek.json"
DATA = "data.json"
USERS = "users.json"
LOCK = "lock"


@dataclass(frozen=True)
class Contents:
    """All that a key ring knows, in memory."""

    ring: str
    """The ring's id, 32 hexadecimal digits; both files and every bucket carry it."""
    owner: str
    """Who made it: the resource's URN, or empty."""
    generation: int
    """The highest generation that was asked for by number, from 1."""
    created: dict[int, datetime]
    """When each data key was made, by key id."""
    kek: Keyset
    """Key-encryption keys; the primary wraps."""
    data: Keyset
    """Data keys; the primary seals."""


def read(folder: Path) -> Contents:
    """Read and check a ring.

    Raises:
        NotFoundError: no ring is there.
        KeyRingError: others have rights to it, a file is missing, or the files belong to two rings.
        DamagedError: a file is not what was written.
    """
    _require_private(folder)
    data = _parse(folder / DATA)
    kek = _parse(folder / KEK)
    if data["ring"] != kek["ring"]:
        raise KeyRingError(
            f"{folder}: {DATA} is of ring {data['ring']} and {KEK} of ring {kek['ring']}; restore both from one backup"
        )
    try:
        keys = keysets.from_bytes(_decode(kek["keyset"]))
        return Contents(
            ring=data["ring"],
            owner=data["owner"],
            generation=data["generation"],
            created={int(key["id"], 16): datetime.fromisoformat(key["created"]) for key in data["keys"]},
            kek=keys,
            data=keysets.unwrap(_decode(data["keyset"]), keys, _context(data)),
        )
    except (DamagedError, KeyError, TypeError, ValueError) as error:
        raise DamagedError(f"{folder}: the key ring is damaged ({error}); restore it from a backup") from None


def write_kek(folder: Path, contents: Contents) -> None:
    """Replace the file of key-encryption keys."""
    document = {"format": FORMAT, "ring": contents.ring, "keyset": _encode(keysets.to_bytes(contents.kek))}
    files.replace(folder / KEK, _json(document))


def write_data(folder: Path, contents: Contents) -> None:
    """Replace the file of data keys, wrapped and bound to the ring, the dates and the generation beside them."""
    keys = [{"id": f"{key:08x}", "created": date.isoformat()} for key, date in contents.created.items()]
    document: dict[str, Any] = {"format": FORMAT, "ring": contents.ring, "owner": contents.owner}
    document |= {"generation": contents.generation, "keys": keys}
    document["keyset"] = _encode(keysets.wrap(contents.data, contents.kek, _context(document)))
    files.replace(folder / DATA, _json(document))


def _require_private(folder: Path) -> None:
    paths = [folder, folder / KEK, folder / DATA]
    missing = [path.name for path in paths if not path.exists()]
    if len(missing) == len(paths) or {KEK, DATA} <= set(missing):
        raise NotFoundError(
            f"{folder}: there is no key ring; make one with KeyRing.create or a KeyRing resource"
        )
    if missing:
        raise KeyRingError(f"{folder}: the key ring lacks {', '.join(missing)}; restore it from a backup")
    open_to_others = [path for path in paths if not files.is_private(path)]
    if open_to_others:
        raise ExposedError(
            f"{open_to_others[0]}: others than its owner have rights to it; "
            f"run: chmod 700 {folder} && chmod 600 {folder}/*.json, and rotate the ring if they may have read it"
        )


def _parse(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except ValueError:
        raise DamagedError(f"{path}: not JSON; the key ring is damaged, restore it from a backup") from None
    if not isinstance(document, dict) or not isinstance(document.get("ring"), str):
        raise DamagedError(f"{path}: not a file of a key ring; restore it from a backup")
    if document.get("format") != FORMAT:
        raise KeyRingError(
            f"{path}: format {document.get('format')}, this client reads {FORMAT}; use a newer client"
        )
    return document


def _context(document: dict[str, Any]) -> bytes:
    """What the wrapped keyset is bound to: everything that stands beside it in clear."""
    return b"causeway key ring\0" + _json({key: value for key, value in document.items() if key != "keyset"})


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True).encode()


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise DamagedError("a keyset is not base64") from None
