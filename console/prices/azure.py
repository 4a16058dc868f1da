"""Azure: one list for everything, asked with a filter and read page by page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from console.prices.quote import Candidate, Gap, Quote, Thing, settle
from console.prices.web import FeedError, Web
from infra.catalog import feeds, machines
from infra.catalog.feeds import Address, AzureMeter

_GLOBAL = "Global"
_MOST_PAGES = 500  # of 100 items: far beyond any answer to one of these questions
_OTHER_PRODUCTS = ("windows", "cloudservices", "cloud services", "dedicated host")

Item = Mapping[str, Any]


def quotes(web: Web, address: Address, regions: Sequence[str]) -> Iterator[Quote | Gap]:
    """Give the on-demand and spot prices of machines, and the prices of services.

    Raises:
        FeedError: The list could not be read.
    """
    for region in regions:
        for machine in machines.all("azure"):
            items = [
                item for item in _items(web, address, region, "armSkuName", machine.name) if _is_plain(item)
            ]
            yield from _machine(machine.name, region, items)
        yield from _services(web, address, region, [meter for meter in feeds.azure() if not meter.everywhere])
    for answer in _services(web, address, _GLOBAL, [meter for meter in feeds.azure() if meter.everywhere]):
        yield replace(answer, region="any")


def _services(web: Web, address: Address, region: str, meters: Sequence[AzureMeter]) -> Iterator[Quote | Gap]:
    for service in dict.fromkeys(meter.service for meter in meters):
        items = list(_items(web, address, region, "serviceName", service))
        yield from (_meter(meter, region, items) for meter in meters if meter.service == service)


def _machine(name: str, region: str, items: Sequence[Item]) -> Iterator[Quote | Gap]:
    dear = [item for item in items if not _says(item, "Spot") and not _says(item, "Low Priority")]
    yield settle(Thing("azure", name, region, "hour"), map(_candidate, dear))
    if cheap := [item for item in items if _says(item, "Spot")]:
        yield settle(Thing("azure", name, region, "hour", "spot"), map(_candidate, cheap))


def _meter(meter: AzureMeter, region: str, items: Sequence[Item]) -> Quote | Gap:
    fits = [item for item in items if all(item.get(key) == value for key, value in meter.where.items())]
    return settle(Thing("azure", meter.sku, region, meter.unit), map(_candidate, fits))


def _is_plain(item: Item) -> bool:
    """Tell whether an item is a Linux machine: Windows, and sizes of other services, differ by the product's name."""
    product = str(item.get("productName", "")).casefold()
    return not product.endswith(" win") and not any(other in product for other in _OTHER_PRODUCTS)


def _says(item: Item, word: str) -> bool:
    return word in f"{item.get('skuName', '')} {item.get('meterName', '')}"


def _candidate(item: Item) -> Candidate:
    note = f"in force since {str(item.get('effectiveStartDate', ''))[:10]}"
    return Candidate(
        float(item["retailPrice"]), float(item["tierMinimumUnits"]), str(item["unitOfMeasure"]), note
    )


def _items(web: Web, address: Address, region: str, field: str, value: str) -> Iterator[Item]:
    """Give what is sold by use in a region today, page by page."""
    wanted = f"armRegionName eq '{region}' and priceType eq 'Consumption' and {field} eq '{value}'"
    joint = "&" if urlsplit(address.url).query else "?"
    url = f"{address.url}{joint}$filter={quote(wanted)}"
    for _ in range(_MOST_PAGES):
        page = web.json(url)
        items = page.get("Items")
        if not isinstance(items, list):
            raise FeedError(f"{url}: it has no list of Items, so it is no answer of Azure's retail prices")
        yield from (item for item in items if _holds(url, item, region))
        following = page.get("NextPageLink")
        if not following:
            return
        url = _at(address, str(following))
    raise FeedError(f"{url}: more than {_MOST_PAGES} pages, so the pages go in a circle")


def _at(address: Address, following: str) -> str:
    """Ask our address for the next page, wherever the link points: a mirror passes on links of the original."""
    here, there = urlsplit(address.url), urlsplit(following)
    return here._replace(
        path=there.path if here.netloc == there.netloc else here.path, query=there.query
    ).geturl()


def _holds(url: str, item: Any, region: str) -> bool:
    """Tell whether an item is a price of today: some lie in the future, and some are not in USD."""
    try:
        starts = datetime.fromisoformat(str(item["effectiveStartDate"]))
        begun = starts.replace(tzinfo=starts.tzinfo or UTC) <= datetime.now(UTC)
        ours = item["armRegionName"] == region and item["currencyCode"] == "USD"
        return ours and begun and item["type"] == "Consumption" and not _ended(item)
    except (KeyError, TypeError, ValueError) as error:
        raise FeedError(f"{url}: an item has not the fields of a retail price ({error})") from None


def _ended(item: Item) -> bool:
    return str(item.get("meterName", "")).endswith((" Expired", " Free"))
