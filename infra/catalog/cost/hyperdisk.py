"""Disks of Google Cloud: room, and of a balanced hyperdisk also what each volume does beyond its free base."""

from dataclasses import dataclass

from infra.catalog.cost.charge import Place, charge, number
from infra.catalog.cost.line import Line, Span, Undecided
from infra.catalog.values import Unknown, Value

BALANCED = "hyperdisk-balanced"
"""The one type here whose volumes are paid by room, IOPS and throughput, each apart."""


@dataclass(frozen=True, slots=True)
class _Speed:
    """What a volume does each second."""

    item: str
    path: str
    """The property that sets it."""
    free: float
    """What each volume has for nothing."""
    more: float
    """How much more a volume gets for each GiB when nobody sets it."""
    most: float
    """What one volume can have."""


_SPEEDS = (
    _Speed(f"{BALANCED} IOPS", "provisionedIops", 3_000, 6.0, 160_000),
    _Speed(f"{BALANCED} throughput", "provisionedThroughput", 140, 1.5, 2_400),
)
# The free base and the most: cloud.google.com/compute/docs/disks/hd-types/hyperdisk-balanced. What a volume gets when
# nobody sets it was seen in public at 10 GB (3,060 and 155) and at 100 GB (3,600 and 290).


def volumes(kind: str, size: float, speeds: Value, count: Span, place: Place) -> tuple[Line, ...]:
    """Price so many volumes of one type.

    Args:
        kind: The disk type.
        size: GiB of one volume.
        speeds: What holds `provisionedIops` and `provisionedThroughput`; None: nobody sets them.
        count: How many volumes.
        place: Where they are.
    """
    room = charge("gcp", kind, place, count.times(size))
    beyond = (_beyond(speed, size, speeds, count, place) for speed in _SPEEDS if kind == BALANCED)
    return (room, *(line for line in beyond if line))


def _beyond(speed: _Speed, size: float, speeds: Value, count: Span, place: Place) -> Line | None:
    given = number(speeds, speed.path, min(speed.free + speed.more * size, speed.most))
    if isinstance(given, Unknown):
        return Undecided(speed.item, speed.path)
    paid = given - speed.free
    return charge("gcp", speed.item, place, count.times(paid)) if paid > 0 else None
