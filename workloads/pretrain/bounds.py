"""What a setting may be, as data: the parser checks by it, an error says it, and an editor's schema shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Bound(Protocol):
    """What the value of one setting may be; its type is known to be right."""

    @property
    def text(self) -> str:
        """The allowed values, in words."""
        ...

    @property
    def schema(self) -> Mapping[str, Any]:
        """The same in the words of JSON Schema."""
        ...

    def holds(self, value: Any) -> bool:
        """Tell whether a value is allowed."""
        ...


@dataclass(frozen=True, slots=True)
class Between:
    """A number between two others, both allowed."""

    low: float
    high: float
    zero: str = ""
    """What 0 means where it is allowed although it is below `low`. Empty: it is not."""

    @property
    def text(self) -> str:
        """The allowed values, in words."""
        if self.zero:
            return f"0 ({self.zero}) or {self.low} to {self.high}"
        return f"{self.low:g} to {self.high:g}"

    @property
    def schema(self) -> Mapping[str, Any]:
        """The same in the words of JSON Schema."""
        if self.zero:
            gap = {"exclusiveMinimum": 0, "exclusiveMaximum": self.low}
            return {"minimum": 0, "maximum": self.high, "not": gap}
        return {"minimum": self.low, "maximum": self.high}

    def holds(self, value: float) -> bool:
        """Tell whether a value is allowed."""
        return self.low <= value <= self.high or (value == 0 and bool(self.zero))


@dataclass(frozen=True, slots=True)
class MoreThan:
    """A number above another one."""

    low: float

    @property
    def text(self) -> str:
        """The allowed values, in words."""
        return f"more than {self.low:g}"

    @property
    def schema(self) -> Mapping[str, Any]:
        """The same in the words of JSON Schema."""
        return {"exclusiveMinimum": self.low}

    def holds(self, value: float) -> bool:
        """Tell whether a value is allowed."""
        return value > self.low


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some names."""

    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """The allowed values, in words."""
        return ", ".join(self.names)

    @property
    def schema(self) -> Mapping[str, Any]:
        """The same in the words of JSON Schema."""
        return {"enum": list(self.names)}

    def holds(self, value: str) -> bool:
        """Tell whether a value is allowed."""
        return value in self.names


@dataclass(frozen=True, slots=True)
class Filled:
    """A text that is not blank."""

    text: str
    """What it names, in words."""

    @property
    def schema(self) -> Mapping[str, Any]:
        """The same in the words of JSON Schema."""
        return {"pattern": r"\S"}

    def holds(self, value: str) -> bool:
        """Tell whether a value is allowed."""
        return bool(value.strip())


@dataclass(frozen=True, slots=True)
class Sizes:
    """Whole numbers of 1 or more by name."""

    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """The allowed values, in words."""
        return f"1 or more along {', '.join(self.names)}"

    @property
    def schema(self) -> Mapping[str, Any]:
        """The same in the words of JSON Schema."""
        one = {"type": "integer", "minimum": 1}
        return {"properties": {name: dict(one) for name in self.names}, "additionalProperties": False}

    def holds(self, value: Mapping[str, int]) -> bool:
        """Tell whether a value is allowed."""
        return all(name in self.names and size >= 1 for name, size in value.items())
