"""What the SDK does not say of a cloud's resource types: ids, computed values, references, names, delete order.

One TOML file a package (`data/<package>.toml`), each row with the source of its facts, one for allowed values where
they are many (`data/values-<package>.toml`), and for bridged packages the list of replace-only properties
(`data/replace-<package>.json`).
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class NameRule:
    """How one property must be spelt."""

    pattern: re.Pattern[str]
    says: str
    """The rule in words, with its source."""


@dataclass(frozen=True, slots=True)
class Row:
    """The manners of one resource type. Texts in braces are filled in when a resource is made."""

    id: str = ""
    """Template of the id; empty: the package's default."""
    arn: str = ""
    """Template of the ARN, or the empty string when the type has none."""
    name: str | None = None
    """The property that gets a generated name when the program gives none; None: the package's default."""
    anywhere: bool = False
    """Whether the id is unique in the whole account rather than in one region."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """Templates of computed properties."""
    inside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Templates of computed properties inside an object that the program gives, by its property."""
    refers: Mapping[str, str] = field(default_factory=dict)
    """Properties that must name an existing resource: property path to the type it must have."""
    brought: Sequence[str] = ()
    """Properties that name what somebody else made for this account."""
    held_by: tuple[str, ...] = ()
    """Types whose use of this resource forbids to delete it."""
    held_error: str = "DependencyViolation"
    """The cloud's error code for that."""
    spelling: Mapping[str, NameRule] = field(default_factory=dict)
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """The least and the most that a number may be, by property path."""
    choices: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """The only values that a property may have where the SDK has no enum for it, by property path."""
    replace: tuple[str, ...] = ()
    """Replace-only properties that no other source names."""
    capacity: bool = False
    """Whether creating it can find the cloud out of capacity."""


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a package, and the lists that hold for all its types."""

    rows: Mapping[str, Row]
    replace: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, Any]

    def row(self, token: str) -> Row:
        """The row of a type; an empty one for a type without peculiarities."""
        return self.rows.get(token, _PLAIN)


_PLAIN = Row()


@cache
def load(package: str) -> Table:
    """Read a package's files."""
    data, values = _read(f"{package}.toml"), _read(f"values-{package}.toml")
    tokens = [name for name in {**data, **values} if name.startswith(f"{package}:")]
    rows = {token: _row(_joined(data.get(token, {}), values.get(token, {}))) for token in tokens}
    facts = {name: value for name, value in data.items() if name not in rows}
    return Table(rows, _replace(package), facts)


def _read(name: str) -> dict[str, Any]:
    path = _DATA / name
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _joined(row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Join what the two files say of a type; spelling may stand in both."""
    spelling = {**row.get("spelling", {}), **values.get("spelling", {})}
    return {**row, **values, "spelling": spelling}


def _row(body: dict[str, Any]) -> Row:
    spelling = {
        name: NameRule(re.compile(rule["pattern"]), rule["says"])
        for name, rule in body.pop("spelling").items()
    }
    held_by, replace = tuple(body.pop("held_by", ())), tuple(body.pop("replace", ()))
    bounds = {path: (least, most) for path, (least, most) in body.pop("bounds", {}).items()}
    choices = {path: tuple(allowed) for path, allowed in body.pop("choices", {}).items()}
    return Row(**body, held_by=held_by, replace=replace, bounds=bounds, choices=choices, spelling=spelling)


def _replace(package: str) -> Mapping[str, tuple[str, ...]]:
    path = _DATA / f"replace-{package}.json"
    if not path.is_file():
        return {}
    types = json.loads(path.read_text(encoding="utf-8"))["types"]
    return {token: tuple(names) for token, names in types.items()}
