"""AWS: one CSV file a service and region, read line by line (that of EC2 has hundreds of thousands)."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from console.prices.quote import Candidate, Gap, Quote, Thing, settle
from console.prices.web import FeedError, RefusedError, Web
from infra.catalog import feeds, machines
from infra.catalog.feeds import Address, AwsMeter

_ABSENT = frozenset({403, 404})  # the store behind the lists answers either for a file that it does not have
_EC2 = "AmazonEC2"
_MACHINE = {
    "Operating System": "Linux",
    "Tenancy": "Shared",
    "Pre Installed S/W": "NA",
    "CapacityStatus": "Used",
    "operation": "RunInstances",
    "Location Type": "AWS Region",
}
"""The plain machine: without it come dedicated ones (x 1.1), unused reservations (0), and those with a licence."""
_NEEDED = frozenset({"TermType", "StartingRange", "Unit", "PricePerUnit", "Currency"})
_REGION = (
    r"(?:(?:[A-Z]{2,4}\d?|[a-z]{2}(?:-[a-z]+)+-\d)-)?"  # EUN1-, EU- or us-east-1-; the oldest region has none
)

Found = dict[str, list[Candidate]]
Line = Mapping[str, str]


def quotes(web: Web, address: Address, regions: Sequence[str]) -> Iterator[Quote | Gap]:
    """Give the on-demand prices of machines and services.

    Raises:
        FeedError: A list could not be read.
    """
    for region in regions:
        for offer in dict.fromkeys([_EC2, *(meter.offer for meter in feeds.aws())]):
            yield from _offer(
                web, f"{address.url}/offers/v1.0/aws/{offer}/current/{region}/index.csv", offer, region
            )


def _offer(web: Web, url: str, offer: str, region: str) -> Iterator[Quote | Gap]:
    meters = [meter for meter in feeds.aws() if meter.offer == offer]
    names = [machine.name for machine in machines.all("aws")] if offer == _EC2 else []
    try:
        with web.lines(url) as lines:
            found = _read(url, lines, meters, frozenset(names))
    except RefusedError as error:
        if error.status not in _ABSENT or offer == _EC2:  # every region has machines: this is a wrong address
            raise
        reason = f"AWS has no list of {offer} for that region"
        yield from (Gap("aws", meter.sku, region, reason) for meter in meters)
        return
    units = {**dict.fromkeys(names, "hour"), **{meter.sku: meter.unit for meter in meters}}
    yield from (settle(Thing("aws", sku, region, unit), found.get(sku, ())) for sku, unit in units.items())


def _read(url: str, lines: Iterator[str], meters: Sequence[AwsMeter], names: frozenset[str]) -> Found:
    found: Found = defaultdict(list)
    patterns = [(meter, re.compile(_REGION + re.escape(meter.usage))) for meter in meters]
    date = ""
    for line in _rows(url, lines):
        date = date or line["Publication Date"][:10]
        if line["TermType"] != "OnDemand" or line["Currency"] != "USD":
            continue
        for sku in _skus(line, patterns, names):
            found[sku].append(_candidate(url, line, date))
    return found


def _rows(url: str, lines: Iterator[str]) -> Iterator[Line]:
    """Give the lines below the heading, each with the list's own date, which stands above it."""
    above: dict[str, str] = {}
    for cells in csv.reader(lines):
        if cells[:1] == ["SKU"]:
            break
        above[cells[0] if cells else ""] = cells[1] if len(cells) > 1 else ""
    else:
        raise FeedError(f"{url}: it has no heading that begins with SKU, so it is no AWS price list")
    if missing := _NEEDED - set(cells):
        raise FeedError(f"{url}: its heading lacks {', '.join(sorted(missing))}, so it is no AWS price list")
    for row in csv.DictReader(lines, fieldnames=cells, restval=""):
        row["Publication Date"] = above.get("Publication Date", "")
        yield row


def _skus(
    line: Line, patterns: Sequence[tuple[AwsMeter, re.Pattern[str]]], names: frozenset[str]
) -> list[str]:
    machine = line.get("Instance Type", "")
    if machine in names:
        plain = all(line.get(column) == value for column, value in _MACHINE.items())
        return [machine] if plain and line.get("MarketOption", "OnDemand") == "OnDemand" else []
    usage = line.get("usageType", "")
    return [
        meter.sku
        for meter, pattern in patterns
        if pattern.fullmatch(usage) and all(line.get(key) == value for key, value in meter.where.items())
    ]


def _candidate(url: str, line: Line, date: str) -> Candidate:
    note = f"published {date}" if date else ""
    try:
        usd, start = float(line["PricePerUnit"] or 0), float(line["StartingRange"] or 0)
    except ValueError as error:
        raise FeedError(f"{url}: {line['SKU']} has not the numbers of a price ({error})") from None
    return Candidate(usd, start, line["Unit"], note)
