"""Reading a stack file as it stands on disk, with the line of every key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.problems import Problem, ProblemsError

PREFIX = "causeway:"


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
        where = f"{self.path.parent.name}/{self.path.name}:{self.line(problem.where)} {PREFIX}{problem.where}"
        return Problem(where, problem.text, problem.allowed, problem.suggestion)


def read(path: Path) -> StackFile:
    """Read a stack file.

    Raises:
        ProblemsError: The file is missing or not YAML; the text names the place.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except FileNotFoundError:
        raise ProblemsError("no such stack", [_missing(path)]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.parent.name}/{path.name}" + (f":{mark.line + 1}" if mark else "")
        raise ProblemsError(
            "the stack file is not YAML", [Problem(where, str(error).replace("\n", " "))]
        ) from None
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
    return Problem(
        f"{path.parent.name}/{path.name}", "the file does not exist", f"stacks: {', '.join(names)}"
    )


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
    loader = yaml.SafeLoader("")
    try:
        plain = loader.construct_document(node)
    finally:
        loader.dispose()
    return plain["secure"] if isinstance(plain, dict) and set(plain) == {"secure"} else plain
