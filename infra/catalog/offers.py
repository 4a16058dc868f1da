"""A machine with what it costs: the line that the console and the pages print."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.catalog import machines, prices
from infra.catalog.machines import Machine
from infra.catalog.prices import Answer, Price, Unpriced
from infra.catalog.rows import Row


@dataclass(frozen=True)
class Offer:
    """A machine, and its cheapest price of one kind."""

    machine: Machine
    """The machine."""
    price: Answer
    """The price in the region that was asked for, or the cheapest of all regions."""
    regions: int
    """How many regions have a price."""

    @property
    def per_accelerator(self) -> float | None:
        """USD an hour of one accelerator, or of the machine when it has none. None: unpriced."""
        return prices.per_accelerator(self.machine, self.price) if isinstance(self.price, Price) else None


def offers(
    platform: str | None = None, region: str | None = None, kind: str = "on-demand"
) -> Sequence[Offer]:
    """List machines with their price.

    Args:
        platform: One platform. Default: all.
        region: Only this region's prices. Default: the cheapest region of each machine.
        kind: How machines are paid for. Default: on demand.

    Raises:
        CatalogError: The platform is unknown.
    """
    return [_offer(machine, region, kind) for machine in machines.all(platform)]


def _offer(machine: Machine, region: str | None, kind: str) -> Offer:
    listed = prices.everywhere(machine.platform, machine.name, kind)
    if region is not None:
        return Offer(machine, prices.lookup(machine.platform, machine.name, region, kind), len(listed))
    reason = machine.not_sold.get(kind) or _reason(machine, kind)
    nothing = Unpriced(machine.platform, machine.name, "any", kind, reason)
    return Offer(machine, listed[0] if listed else nothing, len(listed))


def _reason(machine: Machine, kind: str) -> str:
    if machine.platform in {"onprem", "local"}:
        return "own machines: their power and wear are not on a cloud's bill"
    answer = prices.lookup(machine.platform, machine.name, "any", kind)
    return answer.reason if isinstance(answer, Unpriced) else ""


def accelerators(machine: Machine) -> str:
    """Say what computes, for example `8 x h100`."""
    return f"{machine.accelerator.count} x {machine.accelerator.model}" if machine.accelerator else ""


def link(machine: Machine) -> str:
    """Say what joins the machine to others, for example `efa 32 x 100 Gbit/s`."""
    if machine.link is None:
        return "unknown" if "link" in machine.unknown else ""
    speed = f" x {machine.link.gbps:g} Gbit/s" if machine.link.gbps else ""
    return f"{machine.link.fabric} {machine.link.nics}{speed}"


def plain(row: Row) -> dict[str, object]:
    """Give a row as JSON would have it, without empty fields."""
    return row.model_dump(mode="json", exclude_defaults=True)
