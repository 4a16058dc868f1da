"""What an all-reduce costs when its ring runs over several zones: traffic between zones is paid by the GB, each way."""

from dataclasses import dataclass

from infra.catalog import prices

_BETWEEN_ZONES = "intra-region data transfer"
_GB = 1e9


@dataclass(frozen=True, slots=True)
class Crossing:
    """One step of data-parallel training over several zones."""

    gigabytes: float
    """What passes from zone to zone in one step, in GB."""
    usd: float
    """What that costs: both zones pay for each GB, the sender and the receiver."""


def step(platform: str, region: str, zones: int, workers: int, gradient_bytes: float) -> Crossing | str:
    """Price one all-reduce; a text says which price nobody published.

    A ring over workers sends 2 (n - 1) / n of the gradient over each of its links. Ordered by zone, the ring has as
    many links between zones as there are zones (two between two), which is the least that any order has.

    Args:
        platform: The cloud.
        region: The region.
        zones: Over how many zones the workers stand; one costs nothing.
        workers: How many exchange gradients.
        gradient_bytes: The size of all gradients.
    """
    if zones < 2 or workers < 2:
        return Crossing(0.0, 0.0)
    price = prices.lookup(platform, _BETWEEN_ZONES, region)
    if isinstance(price, prices.Unpriced):
        return f"{_BETWEEN_ZONES} in {region}: {price.reason}"
    gigabytes = zones * 2 * (workers - 1) / workers * gradient_bytes / _GB
    return Crossing(gigabytes, gigabytes * price.usd * 2)
