"""The lines of a bill. A line has a price with a source, or says why it has none; nothing costs 0 by silence."""

from dataclasses import dataclass

HOURS_PER_MONTH = 730
"""A month, as the clouds' own calculators and peers count it: 8,760 h / 12."""


@dataclass(frozen=True, slots=True)
class Span:
    """A quantity or an amount that autoscaling may move."""

    low: float
    expected: float
    high: float

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
    """What is paid for, for example `p5.48xlarge on demand`."""
    quantity: Span
    """How many units a month."""
    unit: str
    """For example `hour` or `GB-month`."""
    unit_usd: float
    region: str
    source: str
    as_of: str
    """The date of the price, ISO 8601."""

    @property
    def monthly(self) -> Span:
        """USD a month."""
        return self.quantity.times(self.unit_usd)


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


@dataclass(frozen=True, slots=True)
class Undecided:
    """The price hangs on a property that is not known yet."""

    item: str
    path: str


Line = Priced | Free | Unpriced | Undecided
