"""Reading a stack file as it stands on disk, with the line of every key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra import aliases
from infra.problems import Problem, ProblemsError, nearest

PREFIX = "causeway:"

SECTIONS = ("config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment")
"""What the engine knows at the top of a stack file: https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/"""

_MISTAKES = "the stack file has mistakes"
_UNREAD = "the stack file can't be read"


class NoStackError(ProblemsError):
    """There is no stack file of this name."""


@dataclass(frozen=True)
class StackFile:
    """The causeway part of a `Pulumi.<stack>.yaml`."""

    path: Path
    """The file."""
    values: Mapping[str, Any]
    """Settings by name, without the prefix. A secret is its encrypted text."""
    lines: Mapping[str, int]
    """Line numbers, from 1, by dotted path."""

    def line(self, path: str) -> int:
        """Give the line of a dotted path; a missing key has the line of its nearest existing parent."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path, 1)

    def locate(self, problem: Problem) -> Problem:
        """Add file and line to a problem."""
        where = f"{_place(self.path, self.line(problem.where) - 1)} {PREFIX}{problem.where}"
        return Problem(where, problem.text, problem.allowed, problem.suggestion)


def read(path: Path) -> StackFile:
    """Read a stack file.

    Raises:
        NoStackError: The file is missing.
        ProblemsError: It can't be read, is not YAML, or its keys are not those of a stack file; the text names each
            place.
    """
    text = _text(path)
    try:
        return _parsed(path, aliases.compose(text))
    except aliases.RepeatedError as error:
        raise ProblemsError(_MISTAKES, [_unreadable(path, error)]) from None
    except yaml.YAMLError as error:
        raise ProblemsError("the stack file is not YAML", [_unreadable(path, error)]) from None
    except RecursionError:
        raise ProblemsError(_MISTAKES, [Problem(_place(path), "is nested too deep")]) from None


def _text(path: Path) -> str:
    """Give what the file says; what is no file at all, such as a folder or a pipe, is not waited for."""
    try:
        if path.exists() and not path.is_file():
            raise ProblemsError(_UNREAD, [Problem(_place(path), "is not a file")])
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NoStackError("no such stack", [_missing(path)]) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start)
        text = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
        raise ProblemsError(_UNREAD, [Problem(_place(path, line), text, "text in UTF-8")]) from None
    except OSError as error:
        raise ProblemsError(_UNREAD, [Problem(_place(path), error.strerror or str(error))]) from None


def _parsed(path: Path, root: yaml.Node | None) -> StackFile:
    if found := list(_misplaced(path, root)):
        raise ProblemsError(_MISTAKES, found)
    config = next((value for key, value in _pairs(root) if key.value == "config"), None)
    own = [(key, value) for key, value in _pairs(config) if key.value.startswith(PREFIX)]
    lines: dict[str, int] = {}
    for key, value in own:
        lines.update(_lines(key.value.removeprefix(PREFIX), key, value))
    return StackFile(path, {key.value.removeprefix(PREFIX): _value(value) for key, value in own}, lines)


def _missing(path: Path) -> Problem:
    names = sorted(
        file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in path.parent.glob("Pulumi.*.yaml")
    )
    given = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
    return Problem(_place(path), "there is no such file", ", ".join(names), nearest(given, names))


def _unreadable(path: Path, error: yaml.YAMLError) -> Problem:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Problem(_place(path), " ".join(str(error).split()))
    text = ", ".join(part for part in (error.context, error.problem) if part)
    return Problem(_place(path, error.problem_mark.line), text)


def _misplaced(path: Path, root: yaml.Node | None) -> Iterator[Problem]:
    """Give what is no mapping, the keys that nobody would read, and those that are written twice."""
    yield from _shapeless(path, root)
    for key, value in _pairs(root):
        if key.value not in SECTIONS:
            allowed, near = ", ".join(SECTIONS), nearest(key.value, SECTIONS)
            yield Problem(_place(path, key.start_mark.line), f"unknown section {key.value!r}", allowed, near)
        if key.value == "config":
            yield from _shapeless(path, value)
            yield from (_unread(path, inner) for inner, _ in _pairs(value) if not _has_reader(inner.value))
    for key in _twice(root):
        yield Problem(_place(path, key.start_mark.line), f"{key.value!r} is given twice")


def _shapeless(path: Path, node: yaml.Node | None) -> Iterator[Problem]:
    empty = node is None or node.tag == "tag:yaml.org,2002:null"
    if node is not None and not empty and not isinstance(node, yaml.MappingNode):
        given = "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
        yield Problem(
            _place(path, node.start_mark.line), f"given {given}", "names with values, `name: value`"
        )


def _unread(path: Path, key: yaml.ScalarNode) -> Problem:
    where = f"{_place(path, key.start_mark.line)} {key.value}"
    return Problem(where, "nobody reads this key", suggestion=f"{PREFIX}{key.value.rpartition(':')[2]}")


def _has_reader(key: str) -> bool:
    """Say whether a key has the name space of this project, or one that is no misspelling of it (a provider's)."""
    space, colon, _ = key.partition(":")
    return f"{space}:" == PREFIX or bool(colon and space and not nearest(space, [PREFIX.rstrip(":")]))


def _twice(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    seen: set[str] = set()
    for key, value in _pairs(node):
        if key.value in seen:
            yield key
        seen.add(key.value)
        yield from _twice(value)


def _place(path: Path, line: int | None = None) -> str:
    return f"{path.parent.name}/{path.name}" + ("" if line is None else f":{line + 1}")


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _lines(path: str, key: yaml.Node, value: yaml.Node) -> Iterator[tuple[str, int]]:
    yield path, key.start_mark.line + 1
    for inner, child in _pairs(value):
        yield from _lines(f"{path}.{inner.value}", inner, child)
    if isinstance(value, yaml.SequenceNode):
        for index, item in enumerate(value.value):
            yield from _lines(f"{path}.{index}", item, item)


def _value(node: yaml.Node) -> Any:
    # a second construction of the same node: PyYAML offers no way to keep both marks and values
    plain = aliases.values(node)
    return plain["secure"] if isinstance(plain, dict) and set(plain) == {"secure"} else plain
