"""The lines of a bill. A line has a price with a source, or says why it has none; nothing costs 0 by silence."""

from dataclasses import dataclass
from typing import TypeAlias

HOURS_PER_MONTH = 730
"""A month, as the clouds' own calculators count it: 8,760 h / 12."""


@dataclass(frozen=True, slots=True)
class Span:
    """A quantity or an amount that autoscaling may move."""

    low: float
    """With every pool at its smallest."""
    expected: float
    """As declared."""
    high: float
    """With every pool at its largest."""

    @classmethod
    def exactly(cls, amount: float) -> "Span":
        """Give a span of one point."""
        return cls(amount, amount, amount)

    def times(self, factor: float) -> "Span":
        """Scale all three."""
        return Span(self.low * factor, self.expected * factor, self.high * factor)

    def plus(self, other: "Span") -> "Span":
        """Add point by point."""
        return Span(self.low + other.low, self.expected + other.expected, self.high + other.high)


ZERO = Span.exactly(0.0)


@dataclass(frozen=True, slots=True)
class Priced:
    """Quantity times price."""

    item: str
    """What is paid for, for example `p5.48xlarge`, or `p5.48xlarge, reserved` where it is not bought on demand."""
    quantity: Span
    """How many units a month."""
    unit: str
    """For example `hour` or `GB-month`."""
    unit_usd: float
    """USD for one unit."""
    region: str
    """Where the price holds."""
    source: tuple[str, ...]
    """Ids of `data/sources.yaml`."""
    as_of: str
    """A day, a month or a year, or `undated`."""
    basis: str = ""
    """Which price it is, where that is not the list price of what is bought. Empty: it is."""

    @property
    def monthly(self) -> Span:
        """USD a month."""
        return self.quantity.times(self.unit_usd)


@dataclass(frozen=True, slots=True)
class Metered:
    """Paid by use that no input declares; its price is shown, and stays out of the sum."""

    item: str
    unit: str
    """For example `GB-month`."""
    unit_usd: float | None
    """USD for one unit; None: no price is known."""
    source: tuple[str, ...] = ()
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Free:
    """Costs nothing, for a stated reason."""

    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Costs something, but no price is known: never counted as 0 in silence."""

    item: str
    reason: str
    guide: Span | None = None
    """USD a month at the dearest price known elsewhere: how much may be missing. None: no price is known anywhere."""
    quantity: Span | None = None
    """How many there are; None: not counted."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """The price hangs on a property that is not known yet."""

    item: str
    path: str


Line: TypeAlias = Priced | Metered | Free | Unpriced | Undecided
