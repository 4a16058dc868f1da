"""Prices with their source and date. A price that nobody published is unpriced, with the reason, and never 0."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Literal, TypeAlias

from infra.catalog.machines import Machine
from infra.catalog.machines import all as all_machines
from infra.catalog.rows import DATA, CatalogError, Cited, FrozenMap, read, sources
from infra.problems import nearest

Kind = Literal["on-demand", "spot", "reserved", "capacity-block", "flex-start", "static"]
"""How a machine is paid for; the words of `infra.capacity`."""


@dataclass(frozen=True)
class Price:
    """USD for one unit of something in one region."""

    platform: str
    """The cloud."""
    sku: str
    """What is paid for: a machine type, or a service in words."""
    region: str
    """The region, or `any` when the source says that it holds everywhere."""
    kind: str
    """How it is paid for."""
    unit: str
    """For example `hour` or `GB-month`."""
    usd: float
    """The price of one unit; always above 0."""
    source: tuple[str, ...]
    """Ids of `data/sources.yaml`."""
    as_of: str
    """A day, a month or a year, or `undated`."""
    zone: str = ""
    """The zone when the price is a zone's own. Empty: the region's."""
    note: str = ""
    """What to know about it. Empty: nothing."""


@dataclass(frozen=True)
class Unpriced:
    """Nobody published the price; a budget that depends on it cannot be judged."""

    platform: str
    """The cloud."""
    sku: str
    """What was asked for."""
    region: str
    """Where."""
    kind: str
    """How it would be paid for."""
    reason: str
    """Why there is none, and what could be done."""


Answer: TypeAlias = Price | Unpriced


class Parts(Cited):
    """A machine that is sold in parts."""

    machine: str
    """`platform/name`."""
    parts: FrozenMap[str, int]
    """How many of each SKU it takes."""


@cache
def _rows() -> Mapping[tuple[str, str, str], tuple[Price, ...]]:
    table: dict[tuple[str, str, str], list[Price]] = defaultdict(list)
    with (DATA / "prices.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            price = _row(row)
            table[price.platform, price.sku, price.kind].append(price)
    return MappingProxyType({key: tuple(prices) for key, prices in table.items()})


def _row(row: Mapping[str, str]) -> Price:
    usd = float(row["usd"])
    if usd <= 0 or row["source"] not in sources():
        raise CatalogError(
            f"prices.csv: {row['sku']} in {row['region']}: a price above 0 with a listed source is needed"
        )
    return Price(
        row["platform"], row["sku"], row["region"], row["kind"], row["unit"], usd, (row["source"],), row["as_of"],
        row["zone"], row["note"],
    )  # fmt: skip


def every() -> tuple[Price, ...]:
    """List every price of the table, as its sources give it."""
    return tuple(price for prices in _rows().values() for price in prices)


@cache
def parts_rows() -> tuple[Parts, ...]:
    """List the machines that are sold in parts."""
    return read("price_parts", Parts)


@cache
def _parts() -> Mapping[str, Mapping[str, int]]:
    return MappingProxyType({row.machine: row.parts for row in parts_rows()})


def lookup(platform: str, sku: str, region: str, kind: str = "on-demand") -> Answer:
    """Give the price of something.

    The newest source wins; of two prices of one day the dearer, so that a plan is never too cheap. A reservation is
    paid like running machines, used or not.

    Args:
        platform: The cloud.
        sku: A machine type, or a service as `prices.csv` names it.
        region: The region.
        kind: How it is paid for. Default: on demand.
    """
    if kind == "reserved":
        return _reserved(lookup(platform, sku, region))
    if kind in _OTHERWISE:
        return Unpriced(platform, sku, region, kind, _OTHERWISE[kind])
    rows = _rows().get((platform, sku, kind), ())
    found = _best(row for row in rows if row.region == region) or _best(
        row for row in rows if row.region == "any"
    )
    if found:
        return found
    parts = _parts().get(f"{platform}/{sku}")
    return (
        _sum(platform, sku, region, kind, parts)
        if parts
        else Unpriced(platform, sku, region, kind, _why(platform, sku))
    )


_OTHERWISE = MappingProxyType(
    {
        "capacity-block": "a capacity block is priced when it is offered: no list is published",
        "flex-start": "no source that was read lists prices of flex-start",
        "static": "own machines: their power and wear are not on a cloud's bill",
    }
)


def _reserved(price: Answer) -> Answer:
    if isinstance(price, Unpriced):
        return replace(price, kind="reserved")
    note = "charged like a running machine, used or not"
    return replace(price, kind="reserved", source=(*price.source, "capacity-reservations"), note=note)


def _best(rows: Iterable[Price]) -> Price | None:
    return max(rows, key=lambda row: ("" if row.as_of == "undated" else row.as_of, row.usd), default=None)


def _sum(platform: str, sku: str, region: str, kind: str, parts: Mapping[str, int]) -> Answer:
    prices = [(lookup(platform, part, region, kind), count) for part, count in parts.items()]
    missing = [price.sku for price, _ in prices if isinstance(price, Unpriced)]
    if missing:
        return Unpriced(
            platform, sku, region, kind, f"sold in parts, of which {' and '.join(missing)} has no price there"
        )
    priced = [(price, count) for price, count in prices if isinstance(price, Price)]
    return Price(
        platform, sku, region, kind, "hour", round(sum(price.usd * count for price, count in priced), 6),
        tuple(dict.fromkeys(name for price, _ in priced for name in price.source)),
        min(price.as_of for price, _ in priced),
        note=" + ".join(f"{count} x {price.sku}" for price, count in priced),
    )  # fmt: skip


def _why(platform: str, sku: str) -> str:
    """Say why there is no price; who wrote a machine's name may have misspelt it, names of services are ours."""
    machines = {machine.name for machine in all_machines(platform)}
    if sku in machines or any((cloud, name) == (platform, sku) for cloud, name, _ in _rows()):
        return "no source that was read gives it for that region and kind"
    close = nearest(sku, machines)
    return (
        f"{sku!r} is not in the price table; did you mean {close!r}?"
        if close
        else "no source that was read gives it"
    )


def everywhere(platform: str, sku: str, kind: str = "on-demand") -> tuple[Price, ...]:
    """List the price of every region that has one, the cheapest first."""
    asked = "on-demand" if kind == "reserved" else kind
    skus = [sku, *_parts().get(f"{platform}/{sku}", {})]
    regions = {row.region for name in skus for row in _rows().get((platform, name, asked), ())}
    answers = (lookup(platform, sku, region, kind) for region in regions)
    return tuple(
        sorted((a for a in answers if isinstance(a, Price)), key=lambda price: (price.usd, price.region))
    )


def per_accelerator(machine: Machine, price: Price) -> float:
    """Give USD an hour of one accelerator; of the whole machine when it has none."""
    return price.usd / (machine.gpus or 1)


def services(platform: str) -> Sequence[str]:
    """List what the price table has beside machines, for example `NAT gateway`."""
    machines = {machine.name for machine in all_machines(platform)}
    parts = {part for row in _parts().values() for part in row}
    return sorted({name for cloud, name, _ in _rows() if cloud == platform} - machines - parts)
