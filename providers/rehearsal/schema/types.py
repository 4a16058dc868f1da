"""The types that a Pulumi schema can say, as values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["string", "integer", "number", "boolean", "asset"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One plain value."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Anything:
    """A value the SDK does not describe, such as a Helm value."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one type."""

    item: "Type"


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map from free strings to one type."""

    value: "Type"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of named values. `closed` is False where the SDK also takes any other string."""

    values: tuple[str | float | bool, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Either:
    """A value of any one of several types."""

    options: tuple["Type", ...]


@dataclass(frozen=True)
class Fields:
    """A nested object. Its properties are read at first use, since types may contain themselves."""

    name: str
    load: Callable[[], Mapping[str, "Property"]]

    @cached_property
    def properties(self) -> Mapping[str, "Property"]:
        """Properties by wire name."""
        return self.load()


Type = Scalar | Anything | ListOf | MapOf | Choice | Either | Fields


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a resource or of a nested object."""

    name: str
    """Name on the wire, such as `cidrBlock`."""
    python: str
    """Name in the SDK, such as `cidr_block`; documentation uses it too."""
    type: Type
    required: bool
    doc: str
    """The SDK's documentation of it, which says much that its types do not."""
