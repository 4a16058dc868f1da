"""Text to learn from: the standard library's source, a file, a folder or a URL; read twice, never held whole."""

import os
import sysconfig
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from workloads.pretrain.errors import RunError

CHUNK = 1 << 20
"""Bytes of one document at most; longer files are cut at a line's end."""

SKIPPED = frozenset(
    {"site-packages", "dist-packages", "test", "tests", "idle_test", "__pycache__", "lib2to3"}
)
"""Folders of the standard library that are not read: installed packages, tests and their data."""

SECONDS = 60
"""How long a web server may stay silent."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Files of text, in a fixed order, up to a number of bytes."""

    name: str
    """What the run asked for."""

    files: tuple[Path, ...]
    """Readable text files."""

    limit: int
    """Most bytes that are read, over all files."""

    def documents(self) -> Iterator[str]:
        """Yield texts of at most a MiB until the limit; the order is the same each time."""
        left = self.limit
        for path in self.files:
            with path.open("rb") as file:
                while left > 0 and (block := file.read(min(CHUNK, left))):
                    if len(block) == min(CHUNK, left):
                        block += file.readline(CHUNK)
                    left -= len(block)
                    yield block.decode("utf-8", errors="replace")

    def describe(self) -> str:
        """Say in one line what is read."""
        size = min(self.limit, sum(path.stat().st_size for path in self.files))
        return f"{self.name}: {len(self.files)} file(s), {size / 1e6:.1f} MB"


def find(corpus: str, limit: int, scratch: Path) -> Corpus:
    """Find the corpus that a run names; what comes over the network lands in the private scratch folder."""
    if corpus == "stdlib":
        return Corpus(f"Python {sysconfig.get_python_version()} standard library", _stdlib(), limit)
    scheme = urlsplit(corpus).scheme
    if scheme == "file":
        return _local(corpus, Path(unquote(urlsplit(corpus).path)), limit)
    if "://" in corpus:
        target = scratch / "corpus"
        (_from_web if scheme in {"http", "https"} else _from_bucket)(corpus, target, limit)
        return _checked(corpus, [target], limit)
    return _local(corpus, Path(corpus).expanduser(), limit)


def _stdlib() -> tuple[Path, ...]:
    root = Path(sysconfig.get_paths()["stdlib"])
    found = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if name not in SKIPPED)
        found += [Path(folder) / name for name in sorted(names) if name.endswith(".py")]
    if not found:
        raise RunError(f"corpus stdlib: no .py file under {root}; name a path or a URL instead")
    return tuple(found)


def _local(name: str, path: Path, limit: int) -> Corpus:
    if path.is_dir():
        return _checked(name, sorted(entry for entry in path.rglob("*") if entry.is_file()), limit)
    if not path.exists():
        near = f"; {path.parent} holds {_listing(path.parent)}" if path.parent.is_dir() else ""
        raise RunError(
            f"corpus {name}: no such file or folder{near}. Give `stdlib`, a file, a folder or a URL"
        )
    return _checked(name, [path], limit)


def _listing(folder: Path) -> str:
    names = sorted(entry.name for entry in folder.iterdir())
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "") if names else "nothing"


def _checked(name: str, files: list[Path], limit: int) -> Corpus:
    """Keep the text files; say why when none is left."""
    kept = tuple(path for path in files if path.stat().st_size and not _binary(path))
    if kept and any(path.read_text("utf-8", errors="replace").strip() for path in kept[:100]):
        return Corpus(name, kept, limit)
    sizes = sum(path.stat().st_size for path in files)
    why = "binary, not text in UTF-8" if sizes and not kept else "empty"
    raise RunError(f"corpus {name}: {len(files)} file(s) of {sizes:,} bytes, {why}. Give text in UTF-8")


def _binary(path: Path) -> bool:
    """Tell whether the first 64 KiB hold a NUL byte or are no UTF-8 (a character may be cut at the end)."""
    with path.open("rb") as file:
        head = file.read(65_536)
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start < len(head) - 3
    return b"\0" in head


def _from_web(url: str, target: Path, limit: int) -> None:
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310 - the scheme is http or https
            _copy(iter(lambda: answer.read(CHUNK), b""), target, limit)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise RunError(
            f"corpus {url}: {error}. Check the address and that this machine may reach it"
        ) from error


def _from_bucket(url: str, target: Path, limit: int) -> None:
    from obstore.exceptions import BaseError
    from obstore.store import from_url

    folder, _, name = url.rpartition("/")
    try:
        answer = from_url(folder).get(name)
        _copy((bytes(block) for block in answer), target, limit)
    except (BaseError, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise RunError(f"corpus {url}: {reason}. Check the address and the credentials") from error


def _copy(blocks: Iterator[bytes], target: Path, limit: int) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for block in blocks:
            file.write(block)
            if file.tell() >= limit:
                return
