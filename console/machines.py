"""`causeway machines`: the machine types that stacks can use, what joins them, and what they cost."""

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from console import say
from console.exits import Exit
from console.failures import Failed
from infra.catalog import regions
from infra.catalog.offers import Offer, accelerators, link, offers, plain
from infra.catalog.prices import Price
from infra.catalog.rows import CatalogError
from infra.platforms import PLATFORMS


def run(platform: str | None = None, region: str | None = None, *, as_json: bool = False) -> None:
    """Print the machines with the price of one accelerator for an hour, or JSON.

    Args:
        platform: Only this platform. Default: the platform that has `region`, or all.
        region: Only this region's prices. Default: the cheapest region of each machine.
        as_json: Whether a machine reads it.
    """
    try:
        chosen = platform or _owner(region)
        if region is not None and chosen is not None:
            region = regions.region_of(chosen, region).name
        rows = offers(chosen, region)
    except CatalogError as error:
        raise Failed(str(error), Exit.CONFIGURATION) from error
    if as_json:
        say.as_json([_document(offer) for offer in rows])
    else:
        _print([offer for offer in rows if region is None or isinstance(offer.price, Price)], region)


def _owner(region: str | None) -> str | None:
    """Find the platform that has a region."""
    if region is None:
        return None
    owners = [name for name in PLATFORMS if any(place.name == region for place in regions.all(name))]
    if not owners:
        raise CatalogError(
            f"no platform has a region {region!r}: give --platform, and it suggests the nearest name"
        )
    return owners[0]


def _print(rows: list[Offer], region: str | None) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("platform", "machine", "accelerators", "fabric"):
        table.add_column(heading, overflow="fold")
    table.add_column("USD/GPU-hour", justify="right")
    table.add_column("region", overflow="fold")
    table.add_column("of", justify="right")
    table.add_column("as of")
    reasons: dict[str, int] = {}
    for offer in rows:
        table.add_row(*_line(offer, region, reasons))
    # a pipe has no width of its own, and rich would fold it at 80 columns
    page = say.out if say.out.is_terminal else Console(highlight=False, emoji=False, width=120)
    page.print(table)
    for reason, number in reasons.items():
        page.print(f"[dim]({number}) {escape(reason)}[/]")
    unpriced = sum(not isinstance(offer.price, Price) for offer in rows)
    page.print(
        f"{len(rows)} machine types, {unpriced} unpriced; on demand, Linux, from public lists of the dates shown"
    )


def _line(offer: Offer, region: str | None, reasons: dict[str, int]) -> tuple[str, ...]:
    machine, price = offer.machine, offer.price
    head = (machine.platform, escape(machine.name), accelerators(machine), escape(link(machine)))
    if not isinstance(price, Price):
        number = reasons.setdefault(price.reason, len(reasons) + 1)
        return *head, "[yellow]UNPRICED[/]", f"[dim]({number})[/]", "", ""
    regions_there = str(offer.regions) if region is None else ""
    return *head, f"{offer.per_accelerator:.4f}", price.region, regions_there, price.as_of


def _document(offer: Offer) -> dict[str, Any]:
    price = asdict(offer.price)
    key = "price" if isinstance(offer.price, Price) else "unpriced"
    return {
        **plain(offer.machine),
        key: price,
        "usd_per_accelerator_hour": offer.per_accelerator,
        "regions_with_price": offer.regions,
    }
