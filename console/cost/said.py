"""What a bill buys, in lines for people and as plain values for machines."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from console.cost.work import Link, Ring, Work
from console.plan import words
from infra.catalog.cost.crossing import Crossing
from infra.catalog.cost.egress import Egress
from infra.catalog.cost.useful import Worth
from policy.model.worth import Cost

UNITS = {
    "gpu_hour": "USD an accelerator-hour",
    "thousand_steps": "USD a thousand steps",
    "million_tokens": "USD a million tokens",
}
"""What work is counted in, by the field of `Worth`."""

_GB_PER_TB = 1000


def lines(work: Work) -> Iterator[tuple[str, str]]:
    """Give pairs of a heading and a line under it; what there is nothing to say of is left out."""
    yield from (("useful work", _useful(cost)) for cost in work.pools)
    yield from (("when nobody uses it", _idle(cost)) for cost in work.idle)
    yield from (("links", _link(link)) for link in work.links)
    yield from (("rings over zones", _ring(ring)) for ring in work.rings)
    for name, hour in (work.machines or {}).items():
        parts = f"{hour.purchase:.4f} of its purchase and {hour.power:.4f} of power"
        yield "own machines", f"{name}: {hour.usd:.4f} USD an hour, {parts}"
    for item, usd in (work.aside or {}).items():
        yield "set aside", f"{item}: {words.usd(usd)} USD a month, held back from the cap"
    for stray in work.strays:
        yield "set aside", stray.told
    for reason, items in (work.free or {}).items():
        named = ", ".join(
            f"{count} x {item}" if count > 1 else item for item, count in Counter(items).items()
        )
        yield "without a charge", f"{named}: {reason}"


def units(work: Sequence[Work]) -> Iterator[tuple[str, tuple[float | None, ...]]]:
    """Give each price of work that some column has, with its value in every column."""
    names = dict.fromkeys(cost.pool for one in work for cost in one.pools)
    for name in names:
        for field, unit in UNITS.items():
            values = tuple(_value(one, name, field) for one in work)
            if any(value is not None for value in values):
                yield f"{unit} of {name}", values


def plain(work: Work) -> Mapping[str, Any]:
    """Give it as plain values."""
    return {
        "pools": [_plain(cost) for cost in work.pools],
        "links": [_plain_link(link) for link in work.links],
        "rings": [{**asdict(ring), "step": _or_reason(ring.step)} for ring in work.rings],
        "ownMachines": {
            name: {**asdict(hour), "usd": hour.usd} for name, hour in (work.machines or {}).items()
        },
        "setAside": dict(work.aside or {}),
        "setAsideForNothing": [asdict(stray) for stray in work.strays],
        "withoutCharge": {reason: list(items) for reason, items in (work.free or {}).items()},
    }


def _useful(cost: Cost) -> str:
    if not isinstance(cost.worth, Worth):
        return f"{cost.pool}: {cost.worth}"
    told = [
        f"{value:,.4f} {UNITS[name]}" for name in UNITS if (value := getattr(cost.worth, name)) is not None
    ]
    if cost.worth.thousand_steps is None and cost.worth.million_tokens is None:
        told.append(f"steps and tokens: declare budget.rates.{cost.pool}")
    return f"{cost.pool}: {', '.join([f'{words.usd(cost.worth.hour)} USD an hour', *told])}"


def _idle(cost: Cost) -> str:
    return f"{cost.pool}: {words.usd(cost.idle)} USD a month with as few machines as it may have"


def _link(link: Link) -> str:
    missing = f"; more, as there is no price of {', '.join(link.without)}" if link.without else ""
    if not isinstance(link.ways, Egress):
        return f"{link.name}: not compared with the internet: {link.ways}"
    ways = link.ways
    even = (
        f"cheaper from {ways.break_even / _GB_PER_TB:,.1f} TB a month on"
        if ways.break_even < float("inf")
        else "never cheaper"
    )
    prices = f"{ways.link:g} USD a GB against {ways.internet:g} through the internet"
    return f"{link.name}: {words.usd(ways.fixed)} USD a month, then {prices}: {even}{missing}"


def _ring(ring: Ring) -> str:
    where = f"{ring.pool} over {ring.zones} zones, {ring.model}"
    if not isinstance(ring.step, Crossing):
        return f"{where}: {ring.step}"
    return (
        f"{where}: {ring.step.gigabytes:,.1f} GB between zones and {words.usd(ring.step.usd)} USD each step"
    )


def _value(work: Work, pool: str, field: str) -> float | None:
    found = next((cost.worth for cost in work.pools if cost.pool == pool), None)
    value = getattr(found, field) if isinstance(found, Worth) else None
    return None if value is None else float(value)


def _plain(cost: Cost) -> Mapping[str, Any]:
    return {
        "pool": cost.pool,
        "accelerators": cost.accelerators,
        "idleUsdPerMonth": cost.idle,
        "work": _or_reason(cost.worth),
    }


def _plain_link(link: Link) -> Mapping[str, Any]:
    even = link.ways.break_even if isinstance(link.ways, Egress) else float("inf")
    return {
        "name": link.name,
        "ways": _or_reason(link.ways),
        "breakEvenGb": even if even < float("inf") else None,
        "withoutPriceOf": list(link.without),
    }


def _or_reason(value: Worth | Egress | Crossing | str) -> Any:
    return {"reason": value} if isinstance(value, str) else asdict(value)
