"""From something that is sold, and how much of it, to a line of the bill."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from infra.catalog import prices
from infra.catalog.cost.line import HOURS_PER_MONTH, Line, Metered, Priced, Span, Undecided, Unpriced
from infra.catalog.cost.own import Own
from infra.catalog.values import UNKNOWN, Unknown, Value, get


@dataclass(frozen=True, slots=True)
class Template:
    """What a launch template adds to the machines that a pool starts from it."""

    machine: Value
    """The machine type, UNKNOWN, or None when the pool names it."""
    kind: str = ""
    """How it buys them: `reserved`, `capacity-block` or `spot`. Empty: the pool says it."""
    disks: tuple[tuple[str | Unknown, Value], ...] = ()
    """The type and size in GB of each disk."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is paid for, and what it may be started from."""

    region: Value = None
    """The provider's region, UNKNOWN, or None when nobody names one."""
    templates: tuple[Template, ...] = ()
    """Launch templates that the resource may use; of several the dearest counts."""
    own: Own | None = None
    """The price list of an own site; None: its machines are taken as paid."""


Estimator: TypeAlias = Callable[[Mapping[str, Value], Place], tuple[Line, ...]]
"""A pure function from a resource's inputs and place to the lines of its bill."""


def charge(platform: str, sku: str, place: Place, quantity: Span, kind: str = "on-demand") -> Line:
    """Price so many units of something in a place; hours and months are told apart by the price's own unit."""
    if place.region is UNKNOWN:
        return Undecided(sku, "region")
    region = str(place.region or "")
    price = prices.lookup(platform, sku, region, kind)
    item = sku if kind == "on-demand" else f"{sku}, {kind}"
    if isinstance(price, prices.Unpriced):
        where = f" in {region}" if region else ""
        return Unpriced(item, f"{price.reason}{where}", _guide(platform, sku, quantity, kind), quantity)
    return Priced(
        item,
        _monthly(quantity, price.unit),
        price.unit,
        price.usd,
        price.region,
        price.source,
        price.as_of,
        f"the on-demand price, {price.note}" if kind == "reserved" else "",
    )


def metered(platform: str, sku: str, place: Place) -> Line:
    """Name something that is paid by use."""
    price = prices.lookup(platform, sku, place.region if isinstance(place.region, str) else "")
    if isinstance(price, prices.Unpriced):
        return Metered(sku, "use", None)
    return Metered(sku, price.unit, price.usd, price.source, price.as_of)


def number(props: Mapping[str, Value], path: str, default: float) -> float | Unknown:
    """Give a number, also one that is written as text; the default when it is not set."""
    value = get(props, path)
    if isinstance(value, Unknown):
        return value
    return default if value is None else float(str(value))


def text(props: Mapping[str, Value], path: str, default: str) -> str | Unknown:
    """Give a text; the default when it is not set."""
    value = get(props, path)
    if isinstance(value, Unknown):
        return value
    return default if value is None else str(value)


def span(low: float | Unknown, expected: float | Unknown, high: float | Unknown) -> Span | None:
    """Give the span of three numbers; None when one is not known."""
    if isinstance(low, Unknown) or isinstance(expected, Unknown) or isinstance(high, Unknown):
        return None
    return Span(min(low, expected), expected, max(high, expected))


def _monthly(quantity: Span, unit: str) -> Span:
    """A thing that is there all month is paid for 730 hours when its unit is an hour."""
    return quantity.times(HOURS_PER_MONTH) if unit == "hour" or unit.endswith("-hour") else quantity


def _guide(platform: str, sku: str, quantity: Span, kind: str) -> Span | None:
    known = prices.everywhere(platform, sku, kind) or prices.everywhere(platform, sku)
    if not known:
        return None
    return _monthly(quantity, known[-1].unit).times(known[-1].usd)
