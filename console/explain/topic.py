"""What is said about one name."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Part:
    """A key of a setting, or a fact of a rule or machine."""

    name: str
    """Its name."""
    value: Any
    """The type of a key; the value of a fact."""
    meaning: str = ""
    """What it is, in its owner's words."""


@dataclass(frozen=True)
class Topic:
    """A name and what it means."""

    kind: str
    """setting, rule or machine."""
    name: str
    """The whole name; `NAME` in a path stands for a name of the user's."""
    value: str
    """What a setting may hold; empty for the others."""
    meaning: str
    """What it is, with its default where it has one."""
    parts: tuple[Part, ...] = field(default=())
    """What is in it, or known about it."""
    more: str = ""
    """Where more is told."""
