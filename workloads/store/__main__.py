"""Look into a bucket and move files, as an operator.

    python -m workloads.store ls file:///data/bucket runs/ --key-ring /data/keys
    python -m workloads.store cat file:///data/bucket runs/pretrain/latest
    python -m workloads.store get file:///data/bucket runs/pretrain/model.safetensors ./model.safetensors
    python -m workloads.store put file:///data/bucket data/tokens.bin ./tokens.bin

The key ring's folder is --key-ring, else $CAUSEWAY_KEY_RING. With --json each line of output is one JSON object.
"""

import argparse
import dataclasses
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from workloads.store.errors import StoreError
from workloads.store.files import human
from workloads.store.store import Store

Row = dict[str, Any]


def ls(store: Store, options: argparse.Namespace) -> Iterator[Row]:
    """List objects whose name begins with a prefix."""
    return (dataclasses.asdict(info) for info in store.list(options.key))


def cat(store: Store, options: argparse.Namespace) -> Iterator[Row]:
    """Write an object's content to the standard output."""
    with store.reader(options.key, version=options.version) as stream:
        shutil.copyfileobj(stream, sys.stdout.buffer, 1 << 20)
    yield from ()


def get(store: Store, options: argparse.Namespace) -> Iterator[Row]:
    """Write an object's content to a private file."""
    store.download(options.key, options.path, version=options.version)
    yield {"key": options.key, "path": str(options.path), "size": options.path.stat().st_size}


def put(store: Store, options: argparse.Namespace) -> Iterator[Row]:
    """Write a file, or the standard input (-), as an object."""
    if str(options.path) == "-":
        with store.writer(options.key) as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream, 1 << 20)
    else:
        store.upload(options.path, options.key)
    yield dataclasses.asdict(store.stat(options.key))


def rm(store: Store, options: argparse.Namespace) -> Iterator[Row]:
    """Delete an object; a bucket with versioning keeps it as a noncurrent version."""
    store.delete(options.key)
    yield {"deleted": options.key}


def versions(store: Store, options: argparse.Namespace) -> Iterator[Row]:
    """List the versions of an object, the newest first."""
    return (dataclasses.asdict(version) for version in store.versions(options.key))


def check(store: Store, options: argparse.Namespace) -> Iterator[Row]:
    """Read every object under a prefix through and give its SHA-256; the first damaged one ends it."""
    return ({"key": info.key, "sha256": store.digest(info.key)} for info in store.list(options.key))


def sweep(store: Store, options: argparse.Namespace) -> Iterator[Row]:  # noqa: ARG001 - all commands look alike
    """Remove what the bucket's lifecycle says and what killed writers left."""
    yield dataclasses.asdict(store.sweep())


COMMANDS: dict[str, tuple[Callable[[Store, argparse.Namespace], Iterator[Row]], str]] = {
    "ls": (ls, "[prefix]"),
    "cat": (cat, "key version"),
    "get": (get, "key path version"),
    "put": (put, "key path"),
    "rm": (rm, "key"),
    "versions": (versions, "key"),
    "check": (check, "[prefix]"),
    "sweep": (sweep, ""),
}


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    top = argparse.ArgumentParser(prog="python -m workloads.store", description=__doc__.partition("\n")[0])
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for name, (run, words) in COMMANDS.items():
        command = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        command.set_defaults(run=run)
        command.add_argument(
            "url",
            help="file:///folder, s3://bucket/prefix, gs://bucket/prefix, "
            "abfss://container@account.dfs.core.windows.net/prefix",
        )
        _add_words(command, words.split())
        ring = os.environ.get("CAUSEWAY_KEY_RING", "")
        command.add_argument("--key-ring", default=ring, metavar="FOLDER", help="default $CAUSEWAY_KEY_RING")
        command.add_argument("--json", action="store_true", help="one JSON object a line")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; give the exit code: 0, or 1 after an error that is told on the standard error."""
    options = parser().parse_args(arguments)
    try:
        for row in options.run(Store.open(options.url, options.key_ring), options):
            print(json.dumps(row, default=_told) if options.json else _line(row), flush=True)
    except (StoreError, OSError) as error:
        print(f"store: {error}", file=sys.stderr)
        return 1
    return 0


def _add_words(command: argparse.ArgumentParser, words: list[str]) -> None:
    if "key" in words:
        command.add_argument("key", help="the object's name")
    if "[prefix]" in words:
        command.add_argument("key", nargs="?", default="", metavar="PREFIX", help="only names that begin so")
    if "path" in words:
        command.add_argument("path", type=Path, help="a file of this machine")
    if "version" in words:
        command.add_argument("--version", help="one of `versions`; default the current one")


def _line(row: Row) -> str:
    return "  ".join(_word(name, value) for name, value in row.items() if name != "blob")


def _word(name: str, value: object) -> str:
    match value:
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M:%SZ}"
        case int() if name == "size":
            return f"{human(value):>9}"
        case int():
            return f"{name} {value}"
        case None:
            return "current"
        case _:
            return str(value)


def _told(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


if __name__ == "__main__":
    sys.exit(main())
