"""Result files of the benchmarks, as values that know where they stand."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.problems import nearest


class ResultError(ValueError):
    """A result file lacks what a page shows of it."""


@dataclass(frozen=True)
class Node:
    """A value of a result file and its place there."""

    file: str
    """The path from the clone's root."""
    value: Any
    path: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> "Node":
        """Give the value below a key.

        Raises:
            ResultError: There is no such key.
        """
        if key not in self:
            near = nearest(key, self.names())
            hint = f"; did you mean {near!r}?" if near else ""
            raise ResultError(
                f"{self}: no key {key!r}; there is: {', '.join(self.names()) or 'nothing'}{hint} "
                "Run the benchmark again, or mend what reads it in tools/docs/performance"
            )
        return Node(self.file, self.value[key], (*self.path, key))

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def __str__(self) -> str:
        return self.file + "".join(f"[{json.dumps(key)}]" for key in self.path)

    def names(self) -> list[str]:
        """Give the keys below, in the file's order; none where no object stands."""
        return list(self.value) if isinstance(self.value, dict) else []

    def number(self) -> float:
        """Give a number.

        Raises:
            ResultError: Something else stands there.
        """
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise ResultError(f"{self}: {self.value!r} is no number")
        return self.value

    def numbers(self) -> list[float]:
        """Give a list of numbers; one number is a list of one.

        Raises:
            ResultError: Something else stands there, or the list is empty.
        """
        given = self.value if isinstance(self.value, list) else [self.value]
        if not given:
            raise ResultError(f"{self}: an empty list, where numbers belong")
        return [Node(self.file, one, (*self.path, str(at))).number() for at, one in enumerate(given)]


def find(root: Path, pattern: str) -> list[Node]:
    """Read the files of `root`/benchmarks that match, by name.

    Raises:
        ResultError: A file is no JSON.
    """
    return list(_read(root, pattern))


def _read(root: Path, pattern: str) -> Iterator[Node]:
    for path in sorted((root / "benchmarks").glob(pattern)):
        file = path.relative_to(root).as_posix()
        try:
            yield Node(file, json.loads(path.read_text(encoding="utf-8")))
        except json.JSONDecodeError as error:
            raise ResultError(f"{file}: line {error.lineno} is no JSON ({error.msg})") from error
