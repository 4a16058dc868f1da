"""Definitions of custom kinds: fetched as Go modules when they are needed, checked against their sums."""

import json
import os
import subprocess
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import yaml

from console.engine import go

FETCH_SECONDS = 300.0
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


def absent() -> Mapping[str, str]:
    """Say why some groups have no module, by group."""
    return {row["group"]: row["why"] for row in _table().get("absent", ())}


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
        raise LookupError(absent().get(group, "no source of its definitions is known; give --crds"))
    return found


@cache
def _fetch(source: Source) -> tuple[Mapping[str, Any], ...]:
    """Read the definitions out of the module's zip, in Go's own cache.

    Raises:
        LookupError: The module can't be had, or is not what it was.
    """
    name = f"{source.module}@{source.version}"
    # the sum stands in our table: the public database does not know every version that a proxy has
    env = {**os.environ, "GONOSUMDB": "*", "GOFLAGS": "-mod=mod"}
    done = subprocess.run(
        [go.find("no definition of custom kinds", go.INSTALL_GO).command, "mod", "download", "-json", name],
        cwd="/", env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=FETCH_SECONDS, check=False,
    )  # fmt: skip
    told = json.loads(done.stdout) if done.stdout.startswith("{") else {"Error": done.stderr.strip()}
    if error := told.get("Error"):
        raise LookupError(f"{name} can't be had: {str(error).splitlines()[-1].strip()}")
    if told["Sum"] != source.sum:
        raise LookupError(f"{name} has the checksum {told['Sum']}, and not {source.sum}")
    return tuple(_in_zip(Path(told["Zip"]), name, source.files))


def _in_zip(file: Path, name: str, patterns: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    with ZipFile(file) as opened:
        for path in opened.namelist():
            if any(fnmatch(path.removeprefix(f"{name}/"), pattern) for pattern in patterns):
                yield from _read(opened.read(path).decode())


def _in_folder(folder: Path) -> Iterator[Mapping[str, Any]]:
    for path in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml"))):
        yield from _read(path.read_text(encoding="utf-8"))


def _read(text: str) -> Iterator[Mapping[str, Any]]:
    for document in yaml.safe_load_all(text):
        if isinstance(document, Mapping) and document.get("kind") == DEFINITION:
            yield document
