"""Definitions of custom kinds: fetched as Go modules when they are needed, checked against their sums."""

import subprocess
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from console.judge import modules

DEFINITION = "CustomResourceDefinition"


@dataclass(frozen=True)
class Source:
    """A Go module with definitions in its zip."""

    module: str
    version: str
    sum: str
    """The checksum of its zip, as go.sum writes it."""
    files: tuple[str, ...]
    """Patterns of paths in the module."""
    groups: tuple[str, ...]
    """API groups that it defines."""


@dataclass(frozen=True)
class Found:
    """What could be had."""

    definitions: tuple[Mapping[str, Any], ...]
    """Definitions as objects of the API."""
    missing: Mapping[str, str]
    """Why there are none, by group."""


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("crds.toml").read_text(encoding="utf-8"))


def sources() -> tuple[Source, ...]:
    """List the modules that we know."""
    rows: list[dict[str, Any]] = _table()["source"]
    return tuple(
        Source(**{**row, "files": tuple(row["files"]), "groups": tuple(row["groups"])}) for row in rows
    )


def find(groups: Collection[str], folder: Path | None = None) -> Found:
    """Fetch the definitions of some API groups.

    Args:
        groups: Such as `karpenter.sh`.
        folder: A folder of definitions as YAML, which comes before all modules. Default: none.
    """
    given = tuple(_in_folder(folder)) if folder else ()
    wanted = sorted(set(groups) - {one["spec"]["group"] for one in given})
    definitions, missing = list(given), {}
    for group in wanted:
        try:
            definitions += [one for one in _fetch(_source(group)) if one["spec"]["group"] == group]
        except (LookupError, OSError, subprocess.SubprocessError) as problem:
            missing[group] = str(problem)
    return Found(tuple(definitions), missing)


def _source(group: str) -> Source:
    found = next((one for one in sources() if group in one.groups), None)
    if found is None:
        raise LookupError("no source of its definitions is known; give --crds")
    return found


@cache
def _fetch(source: Source) -> tuple[Mapping[str, Any], ...]:
    """Read the definitions out of the module's zip.

    Raises:
        LookupError: The module can't be had, or is not what it was.
    """
    texts = modules.files(modules.Module(source.module, source.version, source.sum), source.files)
    return tuple(one for text in texts.values() for one in _read(text))


def _in_folder(folder: Path) -> Iterator[Mapping[str, Any]]:
    for path in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml"))):
        yield from _read(path.read_text(encoding="utf-8"))


def _read(text: str) -> Iterator[Mapping[str, Any]]:
    for document in yaml.safe_load_all(text):
        if isinstance(document, Mapping) and document.get("kind") == DEFINITION:
            yield document
