"""Property values as plain Python, with `UNKNOWN` as a value like any other, and paths into them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Final


class Unknown(Enum):
    """The type of `UNKNOWN`; reading it never raises, so that no judge can be switched off by it."""

    UNKNOWN = "not known before the update"

    def __bool__(self) -> bool:
        """Refuse to be true or false: a rule must say what it makes of an unknown value."""
        raise TypeError("an unknown value is neither true nor false: compare it with `is UNKNOWN` first")


UNKNOWN: Final = Unknown.UNKNOWN
"""A value that the engine knows only after a resource exists."""

Value = Any
"""None, bool, int, float, str, UNKNOWN, list or dict of those: what a property bag holds."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value and the path at which it stands."""

    path: str
    value: Value


def find(value: Value, path: str) -> Iterator[Found]:
    """Give every value at a path such as `spec.containers[*].image`; `[*]` walks a list, `{*}` the values of a map.

    What is missing gives nothing. An unknown on the way gives that unknown, at the place where it stands.
    """
    yield from _walk(value, _steps(path), "")


def get(value: Value, path: str) -> Value:
    """Give the value at a path without wildcards: None when it is missing, UNKNOWN when something on the way is."""
    for found in find(value, path):
        return found.value
    return None


def holds_unknown(value: Value) -> bool:
    """Tell whether a value is unknown or contains something unknown."""
    if isinstance(value, Mapping):
        return any(holds_unknown(inner) for inner in value.values())
    if isinstance(value, list | tuple):
        return any(holds_unknown(inner) for inner in value)
    return value is UNKNOWN


@lru_cache(maxsize=4096)
def _steps(path: str) -> tuple[str | int, ...]:
    parts = re.findall(r"\[\*\]|\{\*\}|\[\d+\]|[^.\[\]{}]+", path)
    return tuple(int(part[1:-1]) if re.fullmatch(r"\[\d+\]", part) else part for part in parts)


def _walk(value: Value, steps: Sequence[str | int], path: str) -> Iterator[Found]:
    if value is UNKNOWN:
        yield Found(path, UNKNOWN)
    elif not steps:
        if value is not None:
            yield Found(path, value)
    else:
        for name, inner in _entries(value, steps[0]):
            yield from _walk(inner, steps[1:], _joined(path, name))


def _entries(value: Value, step: str | int) -> Iterator[tuple[str | int, Value]]:
    if step == "[*]":
        yield from enumerate(value if isinstance(value, list | tuple) else ())
    elif step == "{*}":
        yield from value.items() if isinstance(value, Mapping) else ()
    elif isinstance(step, int):
        if isinstance(value, list | tuple) and step < len(value):
            yield step, value[step]
    elif isinstance(value, Mapping) and step in value:
        yield step, value[step]


def _joined(path: str, name: str | int) -> str:
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else name
