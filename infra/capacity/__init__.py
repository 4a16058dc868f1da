"""Where machines come from, as a type: `parse` reads it, `check` names what contradicts it."""

from infra.capacity.kinds import (
    Base,
    Capacity,
    CapacityBlock,
    FlexStart,
    Mixed,
    OnDemand,
    Reserved,
    Share,
    Spot,
    Static,
    required,
)
from infra.capacity.parse import parse
from infra.capacity.rules import Contradiction, check

__all__ = [
    "Base",
    "Capacity",
    "CapacityBlock",
    "Contradiction",
    "FlexStart",
    "Mixed",
    "OnDemand",
    "Reserved",
    "Share",
    "Spot",
    "Static",
    "check",
    "parse",
    "required",
]
