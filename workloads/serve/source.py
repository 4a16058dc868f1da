"""Where a model's files come from: a folder, or a prefix of the encrypted store.

Weights of the store are opened in the clear only in memory: an anonymous memory file where the system has them
(Linux), else a scratch file of mode 0600 whose name is gone before the first byte of it is used.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from workloads.serve.shape import Shape, parse_shape

INDEX = "model.safetensors.index.json"
CHUNK = 16 * 2**20
"""Bytes copied at a time."""


class Source(Protocol):
    """Files of one model."""

    def has(self, name: str) -> bool:
        """Tell whether the file is there."""

    def read(self, name: str) -> bytes:
        """Give a small file whole."""

    def path(self, name: str) -> Any:
        """Open a large file as a path for the time of a `with` block."""


class Folder:
    """A folder on this machine, as transformers writes it."""

    def __init__(self, root: Path) -> None:
        if not (root / "config.json").is_file():
            raise ValueError(
                f"{root}: no config.json there; CAUSEWAY_MODEL names a folder with a model's files"
            )
        self.root = root

    def __str__(self) -> str:
        return str(self.root)

    def has(self, name: str) -> bool:
        """Tell whether the file is there."""
        return (self.root / name).is_file()

    def read(self, name: str) -> bytes:
        """Give a small file whole."""
        return (self.root / name).read_bytes()

    @contextmanager
    def path(self, name: str) -> Iterator[Path]:
        """Give the file's own path."""
        yield self.root / name


class Stored:
    """A prefix of an object store, decrypted on the way in."""

    def __init__(self, url: str, key_ring: str | None, prefix: str) -> None:
        from workloads.store import Store

        self.store = Store.open(url, key_ring)
        self.prefix = prefix.strip("/")
        self.url = url
        if not self.has("config.json"):
            raise ValueError(
                f"{self}: no config.json there; CAUSEWAY_MODEL names a prefix with a model's files"
            )

    def __str__(self) -> str:
        return f"{self.url}/{self.prefix}"

    def has(self, name: str) -> bool:
        """Tell whether the object is there."""
        return self.store.exists(f"{self.prefix}/{name}")

    def read(self, name: str) -> bytes:
        """Give a small object whole."""
        return self.store.get(f"{self.prefix}/{name}")

    @contextmanager
    def path(self, name: str) -> Iterator[Path]:
        """Copy the object into nameless memory and give a path to that."""
        descriptor = _nameless()
        try:
            with (
                self.store.reader(f"{self.prefix}/{name}") as stream,
                os.fdopen(os.dup(descriptor), "wb") as copy,
            ):
                while chunk := stream.read(CHUNK):
                    copy.write(chunk)
            yield Path(f"/dev/fd/{descriptor}")
        finally:
            os.close(descriptor)


def _nameless() -> int:
    """Make a file without a name, in memory where the system can."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("model")
    descriptor, name = tempfile.mkstemp(dir=os.environ.get("CAUSEWAY_SCRATCH"))
    Path(name).unlink()
    return descriptor


def open_source(model: str, store_url: str, key_ring: str) -> Source:
    """Open the model where it is: with a store URL the name is a prefix there, else a folder."""
    if store_url:
        return Stored(store_url, key_ring or None, model)
    return Folder(Path(model).expanduser())


def read_json(source: Source, name: str) -> dict[str, Any]:
    """Read a JSON object, or nothing where the file is absent; a broken file is an error that names it."""
    if not source.has(name):
        return {}
    try:
        content = json.loads(source.read(name))
    except ValueError as error:
        raise ValueError(f"{source}/{name}: not JSON ({error})") from None
    if not isinstance(content, dict):
        raise ValueError(f"{source}/{name}: a JSON object was expected, not {type(content).__name__}")  # noqa: TRY004 - a wrong file is bad input, not a wrong type of ours
    return content


def read_shape(source: Source) -> Shape:
    """Read config.json."""
    return parse_shape(read_json(source, "config.json"), f"{source}/config.json")


def weight_files(source: Source) -> list[str]:
    """Name the safetensors files: one, or those of the index."""
    if source.has("model.safetensors"):
        return ["model.safetensors"]
    if not source.has(INDEX):
        raise ValueError(f"{source}: neither model.safetensors nor {INDEX} is there")
    index = read_json(source, INDEX).get("weight_map")
    if not index or not isinstance(index, dict):
        raise ValueError(f"{source}/{INDEX}: no weight_map in it that names files by tensor")
    files = sorted(set(index.values()))
    missing = [name for name in files if not source.has(name)]
    if missing:
        raise ValueError(f"{source}: {', '.join(missing)} of {INDEX} is not there")
    return files
