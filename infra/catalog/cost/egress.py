"""When a private link pays for itself: its fixed price against what the internet takes for each GB more."""

from dataclasses import dataclass

from infra.catalog import prices
from infra.catalog.cost.gcp import continent
from infra.catalog.prices import Answer, Price, Unpriced

_LINK = {
    "aws": "Direct Connect data out",
    "gcp": "Interconnect egress",
    "azure": "ExpressRoute data out",
}
_INTERNET = (
    "data transfer out to internet, first 10 TB",
    "egress to internet, first 10 TB",
    "egress to internet, first 1 TB",
)


@dataclass(frozen=True, slots=True)
class Egress:
    """Two ways out of a region, in USD."""

    fixed: float
    """The link for a month, whatever it carries."""
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


def compare(platform: str, region: str, fixed: float) -> Egress | str:
    """Compare a link with the internet; a text says which price nobody published.

    Args:
        platform: The cloud.
        region: Where the data leaves.
        fixed: What the link costs a month, redundancy included, before it carries anything.
    """
    link = prices.lookup(platform, _LINK[platform], continent(region) if platform == "gcp" else region)
    internet = _internet(platform, region)
    for what, price in (("traffic through the link", link), ("traffic through the internet", internet)):
        if isinstance(price, Unpriced):
            return f"{what} from {region}: {price.reason}"
    assert isinstance(link, Price), "what has no price was told above"
    assert isinstance(internet, Price), "what has no price was told above"
    return Egress(fixed, link.usd, internet.usd)


def _internet(platform: str, region: str) -> Answer:
    """Find the first tier; clouds do not agree on where it ends."""
    answers = [prices.lookup(platform, sku, region) for sku in _INTERNET]
    known = [answer for answer in answers if isinstance(answer, Price)]
    return max(known, key=lambda price: (price.as_of, price.usd)) if known else answers[0]
