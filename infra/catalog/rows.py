"""What every row of the fact table has in common: where it comes from, and what nobody could say."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from infra import aliases
from infra.problems import Problem, ProblemsError

DATA = Path(__file__).parent / "data"
"""The folder of the data files."""

_Loader: aliases.Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

K = TypeVar("K")
V = TypeVar("V")
FrozenMap = Annotated[
    Mapping[K, V], AfterValidator(MappingProxyType), PlainSerializer(dict, return_type=dict[Any, Any])
]
"""A mapping that cannot be changed after it was read."""


class CatalogError(ValueError):
    """A question to the fact table that has no answer; the text says what would have one."""


class UnknownFactError(CatalogError):
    """The fact exists, but no source gives it; the text carries the reason."""


class Row(BaseModel):
    """A frozen piece of the table; a key that it does not know is an error of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Source(Row):
    """A public place that facts were read from."""

    id: str
    """The short name that rows cite."""
    title: str
    """What it is, in words."""
    where: str
    """Repository and path, package and version, or address."""
    version: str
    """Commit, release or `undated`."""
    date: str
    """When that version was made: a day, a month or a year, or `undated`."""


class Conflict(Row):
    """Two sources that disagree on a field, and which one the row follows."""

    field: str
    """The field of the row."""
    values: FrozenMap[str, str]
    """What each source says, by the source's id."""
    why: str
    """Why the row has the value that it has."""


class Cited(Row):
    """A row that says where it comes from."""

    source: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of `data/sources.yaml`."""
    as_of: date
    """The day of the newest source, or the day it was read where it bears none."""
    unknown: FrozenMap[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    """Fields that no source gives, each with the reason. Default: none."""
    conflicts: tuple[Conflict, ...] = ()
    """Where sources disagree. Default: nowhere."""

    @model_validator(mode="after")
    def _sources_exist(self) -> "Cited":
        cited = {*self.source, *(name for conflict in self.conflicts for name in conflict.values)}
        missing = sorted(cited - sources().keys())
        if missing:
            raise ValueError(f"cites {', '.join(missing)}, which data/sources.yaml does not list")
        return self

    def need(self, field: str) -> Any:
        """Give a field's value.

        Raises:
            UnknownFactError: No source gives the value; the text says why.
        """
        value = getattr(self, field)
        if value is None:
            name = getattr(self, "name", type(self).__name__)
            raise UnknownFactError(f"{name}: {field} is unknown: {self.unknown.get(field, 'it has none')}")
        return value


R = TypeVar("R", bound=BaseModel)


def read(name: str, model: type[R]) -> tuple[R, ...]:
    """Read the rows of `data/<name>.yaml`.

    Raises:
        ProblemsError: Rows that do not fit the model, all of them at once, each with its place in the file.
    """
    path = DATA / f"{name}.yaml"
    rows: Sequence[Any] = aliases.load(path.read_text(encoding="utf-8"), _Loader) or ()
    good: list[R] = []
    bad: list[Problem] = []
    for number, row in enumerate(rows, start=1):
        try:
            good.append(model.model_validate(row))
        except ValidationError as error:
            place = f"{name}.yaml, row {number}" + (
                f" ({row['name']})" if isinstance(row, dict) and "name" in row else ""
            )
            bad += [_problem(place, detail["loc"], detail["msg"]) for detail in error.errors()]
    if bad:
        raise ProblemsError("the fact table has rows that cannot be read", bad)
    return tuple(good)


def _problem(place: str, path: Sequence[int | str], text: str) -> Problem:
    where = ": ".join([place, *([".".join(map(str, path))] if path else [])])
    return Problem(where, text.removeprefix("Value error, "))


@cache
def sources() -> Mapping[str, Source]:
    """Give all sources by their id."""
    return MappingProxyType({source.id: source for source in read("sources", Source)})
