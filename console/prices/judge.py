"""Whether to believe a price: a list can be wrong, and a wrong price is worse than an old one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from console.prices.quote import Quote
from infra.catalog import machines, prices
from infra.catalog.prices import Price

FACTOR = 2.0
"""How far a price may move. Real cuts stayed within it: p5.48xlarge fell to 0.56 of its price in June 2025,
p4d.24xlarge to 0.67; a B200 at 0.01 USD an hour, once read from a wrong field, did not."""

Verdict = Literal["new", "moved", "same", "refused"]


@dataclass(frozen=True)
class Change:
    """A quote beside what the table has."""

    quote: Quote
    before: Price | None
    """What the table has for that region and kind. None: nothing."""
    verdict: Verdict
    why: str = ""
    """Why it was refused, or what a new price was compared with."""

    @property
    def ratio(self) -> float | None:
        """Give the new price in terms of the old one; None without an old one."""
        return self.quote.usd / self.before.usd if self.before else None


def judged(
    quotes: Iterable[Quote], factor: float = FACTOR, trusted: Collection[str] = ()
) -> Sequence[Change]:
    """Compare quotes with the table.

    Args:
        quotes: What the lists gave.
        factor: How far a price may move, up or down.
        trusted: SKUs whose price is taken whatever it is.
    """
    return [_judged(quote, factor, quote.sku in trusted) for quote in quotes]


def _judged(quote: Quote, factor: float, trusted: bool) -> Change:
    before = _before(quote)
    basis, low, high = _band(quote, before)
    if trusted or not basis or low / factor <= quote.usd <= high * factor:
        verdict: Verdict = "moved" if before and before.usd != quote.usd else "same" if before else "new"
        return Change(quote, before, verdict, basis if verdict == "new" else "")
    why = f"{basis}: more than {factor:g} times away"
    return Change(quote, before, "refused", why)


def _before(quote: Quote) -> Price | None:
    known = _table().get((quote.platform, quote.sku, quote.kind), ())
    here = [price for price in known if price.region == quote.region]
    return max(here, key=lambda price: (price.as_of != "undated", price.as_of, price.usd), default=None)


def _band(quote: Quote, before: Price | None) -> tuple[str, float, float]:
    """Give what the price is compared with, from the nearest to the farthest: itself, other regions, its like."""
    if before:
        return f"the table has {before.usd:g} USD of {before.as_of}", before.usd, before.usd
    elsewhere = [price.usd for price in _table().get((quote.platform, quote.sku, quote.kind), ())]
    if elsewhere:
        return _said("other regions", elsewhere, 1)
    count, like = _like(quote)
    return _said("an hour of its accelerator", like, count) if like else ("", 0.0, 0.0)


def _said(what: str, known: Sequence[float], count: int) -> tuple[str, float, float]:
    low, high = min(known) * count, max(known) * count
    return f"by {what} {low:g} to {high:g} USD", low, high


def _like(quote: Quote) -> tuple[int, Sequence[float]]:
    """Give how many accelerators it has, and what one costs an hour in every machine that has the same."""
    rows = {machine.name: machine for machine in machines.all(quote.platform)}
    own = rows[quote.sku].accelerator if quote.sku in rows else None
    return (own.count, _hours(own.model, quote.kind)) if own else (0, ())


@cache
def _hours(model: str, kind: str) -> Sequence[float]:
    same = [
        machine for machine in machines.all() if machine.accelerator and machine.accelerator.model == model
    ]
    return [
        prices.per_accelerator(machine, price)
        for machine in same
        for price in prices.everywhere(machine.platform, machine.name, kind)
    ]


@cache
def _table() -> Mapping[tuple[str, str, str], Sequence[Price]]:
    table: dict[tuple[str, str, str], list[Price]] = {}
    for price in prices.every():
        table.setdefault((price.platform, price.sku, price.kind), []).append(price)
    return table
