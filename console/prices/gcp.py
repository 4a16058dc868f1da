"""Google Cloud: one catalogue a service, with a price for each part of a machine."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import urlencode

from console.prices.quote import Candidate, Gap, Quote, Thing, settle
from console.prices.web import FeedError, Web
from infra.catalog import feeds, machines, prices
from infra.catalog.feeds import Address, GcpMeter
from infra.catalog.machines import Machine

_MOST_PAGES = 200
_PAGE = 5000  # the most that the catalogue gives at once
_USES = {"OnDemand": "on-demand", "Preemptible": "spot"}
_MIB_PER_GIB = 1024

Key = tuple[str, str, str]
"""SKU, region and kind."""


def quotes(web: Web, address: Address, regions: Sequence[str]) -> Iterator[Quote | Gap]:
    """Give the prices of parts, the machines that they make, and the prices of services.

    Raises:
        FeedError: There is no key, or the catalogue could not be read.
    """
    # a header: addresses are printed in errors, headers are not
    catalogue = _Catalogue(web, address.url, {"X-Goog-Api-Key": _key(address)})
    wanted = frozenset(regions)
    found: dict[Key, list[Candidate]] = defaultdict(list)
    names = {service["displayName"]: service["name"] for service in catalogue.pages("services")}
    for service in dict.fromkeys(meter.service for meter in feeds.gcp()):
        if service not in names:
            raise FeedError(f"{address.url}: the catalogue has no service {service!r}")
        meters = [meter for meter in feeds.gcp() if meter.service == service]
        for sku in catalogue.pages(f"{names[service]}/skus", currencyCode="USD"):
            _note(sku, meters, wanted, found)
    for region in regions:
        yield from _settled(region, found)


def _key(address: Address) -> str:
    key = os.environ.get(address.key, "")
    if not key:
        raise FeedError(
            f"Google's price list asks for an API key: set {address.key} to one that may read Cloud Billing"
        )
    return key


@dataclass(frozen=True)
class _Catalogue:
    """The catalogue, and the key to it."""

    web: Web
    url: str
    headers: Mapping[str, str]

    def pages(self, path: str, **asked: str) -> Iterator[Mapping[str, Any]]:
        """Give the items of a collection, page by page."""
        what, token = path.rpartition("/")[2], ""
        for _ in range(_MOST_PAGES):
            url = f"{self.url}/{path}?{urlencode({**asked, 'pageSize': _PAGE, 'pageToken': token})}"
            page = self.web.json(url, self.headers)
            items = page.get(what, [] if token else None)
            if not isinstance(items, list):
                raise FeedError(
                    f"{url}: it has no list of {what}, so it is no answer of the billing catalogue"
                )
            yield from items
            token = str(page.get("nextPageToken") or "")
            if not token:
                return
        raise FeedError(f"{self.url}/{path}: more than {_MOST_PAGES} pages, so the pages go in a circle")


def _note(
    sku: Mapping[str, Any],
    meters: Sequence[GcpMeter],
    regions: frozenset[str],
    found: dict[Key, list[Candidate]],
) -> None:
    """Keep the price of a SKU that a meter knows by the beginning of its description."""
    try:
        kind = _USES.get(sku["category"]["usageType"])
        here = regions & frozenset(sku.get("serviceRegions", ()))
        if kind is None or not here:
            return
        fits = [meter.sku for meter in meters if _begins(sku["description"], meter, kind)]
        candidate = _candidate(sku) if fits else None
        if candidate:
            for name, region in product(fits, here):
                found[name, region, kind].append(candidate)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise FeedError(
            f"Google's SKU {sku.get('skuId', '?')} has not the fields of a price ({error!r})"
        ) from None


def _begins(description: str, meter: GcpMeter, kind: str) -> bool:
    says = (meter.spot or f"Spot Preemptible {meter.says}") if kind == "spot" else meter.says
    return description.startswith(f"{says} ") or description == says


def _candidate(sku: Mapping[str, Any]) -> Candidate | None:
    """Read the first step that costs something; None where all is free."""
    info = max(sku["pricingInfo"], key=lambda one: str(one.get("effectiveTime", "")))
    expression = info["pricingExpression"]
    for rate in sorted(expression["tieredRates"], key=lambda one: float(one["startUsageAmount"])):
        amount = rate["unitPrice"]
        usd = int(amount.get("units") or 0) + int(amount.get("nanos") or 0) / 1e9
        if usd > 0 and amount["currencyCode"] == "USD":
            note = f"in force since {str(info.get('effectiveTime', ''))[:10]}"
            return Candidate(usd, 0.0, str(expression["usageUnit"]), note)
    return None


def _settled(region: str, found: Mapping[Key, Sequence[Candidate]]) -> Iterator[Quote | Gap]:
    parts: dict[tuple[str, str], Quote] = {}
    for meter in feeds.gcp():
        for kind in _USES.values():
            answer = settle(
                Thing("gcp", meter.sku, region, meter.unit, kind), found.get((meter.sku, region, kind), ())
            )
            if isinstance(answer, Quote):
                parts[meter.sku, kind] = answer
            if meter.sku.startswith(("core:", "ram:")) or (isinstance(answer, Gap) and kind == "spot"):
                continue
            yield answer
    for machine in machines.all("gcp"):
        for kind in _USES.values():
            yield from _machine(machine, region, parts, kind)


def _machine(
    machine: Machine, region: str, parts: Mapping[tuple[str, str], Quote], kind: str
) -> Iterator[Quote | Gap]:
    """Add up a machine: its processors and memory, and its accelerators unless the table has them apart."""
    family = next(
        (m.sku for m in feeds.gcp() if machine.name.startswith(f"{m.sku.removeprefix('core:')}-")), None
    )
    if family is None or machine.vcpus is None or machine.memory_mib is None:
        return
    kinship = family.removeprefix("core:")
    counts = {family: float(machine.vcpus), f"ram:{kinship}": machine.memory_mib / _MIB_PER_GIB}
    split = _is_split(machine)
    if machine.gpus and not split:
        counts[_accelerator(machine)] = float(machine.gpus)
    missing = [sku for sku in counts if (sku, kind) not in parts]
    name = f"{machine.name} host" if split else machine.name
    if not missing:
        usd = sum(count * parts[sku, kind].usd for sku, count in counts.items())
        yield Quote("gcp", name, region, "hour", round(usd, 6), kind, parts[family, kind].note)
    elif kind == "on-demand":
        yield Gap("gcp", name, region, f"the list has no line for its {' and '.join(missing)}")


def _is_split(machine: Machine) -> bool:
    return any(row.machine == f"gcp/{machine.name}" for row in prices.parts_rows())


def _accelerator(machine: Machine) -> str:
    """Find the accelerator's SKU at a machine of the same family that the table has in parts."""
    family = machine.name.rpartition("-")[0]
    names = (
        part for row in prices.parts_rows() if row.machine.startswith(f"gcp/{family}-") for part in row.parts
    )
    return next((name for name in names if name.startswith("gpu:")), "accelerators")
