"""What a price list says: a price, or why there is none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_UNITS: Mapping[str, frozenset[str]] = {
    "hour": frozenset({"hrs", "hr", "hour", "hours", "1 hour", "1/hour", "h"}),
    "GB": frozenset({"gb", "gigabyte", "gigabytes", "1 gb", "giby"}),
    "GB-hour": frozenset({"giby.h"}),
    "GB-month": frozenset({"gb-mo", "gb-month", "1 gb/month", "giby.mo"}),
    "disk-month": frozenset({"1/month", "1 month"}),
    "key-month": frozenset({"keys", "key", "months", "month"}),
    "IOPS-month": frozenset({"mo"}),
    "MiB/s-month": frozenset({"mo"}),
}
"""The spellings of the lists, by our unit."""


@dataclass(frozen=True)
class Quote:
    """A price as a list gives it today."""

    platform: str
    sku: str
    region: str
    unit: str
    """In our words: `hour`, `GB-month`, …"""
    usd: float
    """For one unit; always above 0."""
    kind: str = "on-demand"
    note: str = ""
    """What the list says of its own date."""


@dataclass(frozen=True)
class Gap:
    """Something that was looked for and not found."""

    platform: str
    sku: str
    region: str
    reason: str


@dataclass(frozen=True)
class Candidate:
    """A line that fits: a price, from which quantity it holds, and its unit there."""

    usd: float
    start: float
    unit: str
    note: str = ""


@dataclass(frozen=True)
class Thing:
    """Something that has a price."""

    platform: str
    sku: str
    region: str
    unit: str
    """In our words."""
    kind: str = "on-demand"

    def gap(self, reason: str) -> Gap:
        """Say why there is no price."""
        return Gap(self.platform, self.sku, self.region, reason)


def settle(thing: Thing, found: Iterable[Candidate]) -> Quote | Gap:
    """Choose the one price among the lines that fit: that of the first step that is not given away.

    Two different prices for one thing mean that we asked for too little, so none of them is taken.
    """
    lines = list(found)
    paid = [line for line in lines if line.usd > 0]
    if not paid:
        return thing.gap("the list has it at 0" if lines else "the list has no line for it")
    first = [line for line in paid if line.start == min(one.start for one in paid)]
    amounts = sorted({line.usd for line in first})
    if len(amounts) > 1:
        return thing.gap(f"the list has several: {', '.join(f'{usd:g}' for usd in amounts)} USD")
    foreign = {line.unit for line in first if line.unit.casefold() not in _UNITS[thing.unit]}
    if foreign:
        return thing.gap(f"the list counts in {foreign.pop()!r}, the table in {thing.unit!r}")
    return Quote(thing.platform, thing.sku, thing.region, thing.unit, amounts[0], thing.kind, first[0].note)
