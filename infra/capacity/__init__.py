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
from infra.capacity.placing import placement_for
from infra.capacity.pool import Contradiction
from infra.capacity.rules import RULES, TOGETHER, check
from infra.capacity.sharing import Part, shared_out

__all__ = [
    "RULES",
    "TOGETHER",
    "Base",
    "Capacity",
    "CapacityBlock",
    "Contradiction",
    "FlexStart",
    "Mixed",
    "OnDemand",
    "Part",
    "Reserved",
    "Share",
    "Spot",
    "Static",
    "check",
    "parse",
    "placement_for",
    "required",
    "shared_out",
]
