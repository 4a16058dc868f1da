"""When a private link pays for itself: its fixed price against what the internet takes for each GB more."""

from dataclasses import dataclass

from infra.catalog import prices
from infra.catalog.cost.line import HOURS_PER_MONTH

_INTERNET = (
    "data transfer out to internet, first 10 TB",
    "egress to internet, first 10 TB",
    "egress to internet, first 1 TB",
)


@dataclass(frozen=True, slots=True)
class Egress:
    """Two ways out of a region, in USD."""

    fixed: float
    """The link's ports for a month."""
    link: float
    """A GB through the link."""
    internet: float
    """A GB through the internet, in its first tier."""

    def monthly(self, gigabytes: float) -> tuple[float, float]:
        """Give USD a month for so many GB: through the link, and through the internet."""
        return self.fixed + gigabytes * self.link, gigabytes * self.internet

    @property
    def break_even(self) -> float:
        """Give the GB a month from which the link is cheaper; infinite when it never is."""
        saved = self.internet - self.link
        return self.fixed / saved if saved > 0 else float("inf")


def compare(platform: str, port: str, ports: int, data: str, region: str) -> Egress | str:
    """Compare a link with the internet; a text says which price nobody published.

    Args:
        platform: The cloud.
        port: The SKU of a port, for example `Direct Connect 1 Gbps port`.
        ports: How many, redundancy included.
        data: The SKU of a GB out through the link.
        region: Where the data leaves.
    """
    fixed, link = (prices.lookup(platform, sku, region) for sku in (port, data))
    found = [
        price
        for price in (prices.lookup(platform, sku, region) for sku in _INTERNET)
        if isinstance(price, prices.Price)
    ]
    if isinstance(fixed, prices.Unpriced):
        return f"{port} in {region}: {fixed.reason}"
    if isinstance(link, prices.Unpriced):
        return f"{data} in {region}: {link.reason}"
    if not found:
        return f"egress to the internet from {region}: no source that was read gives it"
    hours = HOURS_PER_MONTH if fixed.unit == "hour" else 1
    return Egress(fixed.usd * hours * ports, link.usd, found[0].usd)
