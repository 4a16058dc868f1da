"""What the rules see of a pool, and what they answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from infra.capacity.kinds import Base, Capacity, CapacityBlock, Mixed, Reserved, Spot, Static
from infra.catalog.machines import Machine

Severity = Literal["error", "warning"]
"""An error stops the preview; a warning is printed."""


@dataclass(frozen=True)
class Contradiction:
    """Two choices for a pool that cannot both hold."""

    rule: str
    """The rule's id."""
    text: str
    """What contradicts what, in one sentence."""
    fix: str
    """How to mend it."""
    severity: Severity = "error"
    """Default: error."""

    def __str__(self) -> str:
        """Give the one line that a user reads."""
        return f"{self.text}: {self.fix} [{self.rule}]"


@dataclass(frozen=True)
class Pool:
    """A pool as `check` was told about it."""

    machine: Machine
    capacity: Capacity | None
    placement: str | None
    auto_repair: bool
    consolidation: bool
    blue_green: bool
    public_ip: bool
    nodes: int | None
    min_nodes: int | None
    max_nodes: int | None
    surge: int
    zones: int
    region: str | None

    @property
    def parts(self) -> tuple[Base | Static, ...]:
        """The capacities that it draws from, fallbacks included."""
        if self.capacity is None:
            return ()
        shares = self.capacity.shares if isinstance(self.capacity, Mixed) else ()
        top: tuple[Base | Static, ...] = tuple(share.capacity for share in shares)
        if not isinstance(self.capacity, Mixed):
            top = (self.capacity,)
        return top + tuple(
            part.fallback for part in top if isinstance(part, Spot) and part.fallback is not None
        )

    @property
    def paid(self) -> tuple[Reserved | CapacityBlock, ...]:
        """The parts that are paid for whether they run or not."""
        return tuple(part for part in self.parts if isinstance(part, Reserved | CapacityBlock))

    @property
    def most(self) -> int:
        """The most nodes that it can come to; 0 when nothing was said."""
        return self.max_nodes if self.max_nodes is not None else (self.nodes or 0)


Found: TypeAlias = Iterator[tuple[str, str]]
"""What contradicts, and the way out."""

Rule: TypeAlias = Callable[[Pool], Found]
"""Looks at a pool and gives each contradiction of its kind."""
