"""How a GPU can be cut into parts (MIG), and whether a layout fits on one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from infra.catalog.rows import Cited, FrozenMap, read
from infra.problems import Problem, nearest


@dataclass(frozen=True)
class Shape:
    """What a part takes of a GPU's eight slices of memory."""

    memory: int
    """How many slices."""
    starts: tuple[int, ...]
    """The slices at which it may begin (MIG guide, placements)."""


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "small": Shape(1, (0, 1, 2, 3, 4, 5, 6)),
        "wide": Shape(2, (0, 2, 4, 6)),
        "two": Shape(2, (0, 2, 4)),
        "three": Shape(4, (0, 4)),
        "four": Shape(4, (0,)),
        "whole": Shape(8, (0,)),
    }
)


class Cuts(Cited):
    """How a GPU of one model can be cut."""

    name: str
    """A row of `accelerators.yaml`."""
    profiles: FrozenMap[str, Literal["small", "wide", "two", "three", "four", "whole"]]
    """The shape of each profile."""


@cache
def _table() -> Mapping[str, Cuts]:
    return MappingProxyType({row.name: row for row in read("mig", Cuts)})


def all() -> tuple[Cuts, ...]:  # noqa: A001 - `mig.all()` is the plain word
    """List how each model can be cut."""
    return tuple(_table().values())


def check(model: str, layout: Mapping[str, int], where: str = "mig") -> Sequence[Problem]:
    """Name what is wrong with a layout.

    Args:
        model: A row of `accelerators.yaml`.
        layout: How many parts of each profile one GPU is cut into.
        where: What problems are called after. Default: mig.
    """
    if model not in _table():
        return [Problem(where, f"{model} cannot be cut", ", ".join(_table()))]
    known = _table()[model].profiles
    found = [
        Problem(f"{where}.{name}", f"is no profile of {model}", ", ".join(known), nearest(name, known))
        for name in layout
        if name not in known
    ]
    found += [
        Problem(f"{where}.{name}", f"given {count}", "1 to 7") for name, count in layout.items() if count < 1
    ]
    if not found and not fits(model, layout):
        text = ", ".join(f"{count} x {name}" for name, count in layout.items())
        found.append(
            Problem(where, f"{text or 'nothing'} does not fit on one {model}", "fewer or smaller parts")
        )
    return found


def fits(model: str, layout: Mapping[str, int]) -> bool:
    """Say whether there is a place for every part; the largest are placed first."""
    shapes = [SHAPES[_table()[model].profiles[name]] for name, count in layout.items() for _ in range(count)]
    return bool(shapes) and _place(sorted(shapes, key=lambda shape: -shape.memory), frozenset())


def _place(shapes: Sequence[Shape], taken: frozenset[int]) -> bool:
    if not shapes:
        return True
    first, *rest = shapes
    return any(_place(rest, taken | there) for there in _seats(first) if not taken & there)


def _seats(shape: Shape) -> Iterator[frozenset[int]]:
    return (frozenset(range(start, start + shape.memory)) for start in shape.starts)
