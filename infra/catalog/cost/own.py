"""Own machines: what they cost an hour, from their purchase, their years, their power and the meter."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.catalog import machines
from infra.catalog.cost.line import HOURS_PER_MONTH, Free, Line, Priced, Span, Unpriced

HOURS_PER_YEAR = 8760
SOURCE = "own-price-list"
"""The id in `data/sources.yaml` of what an environment states itself."""
_PAID = "own machine, taken as paid: budget.own of the stack file prices its purchase and its power"


@dataclass(frozen=True, slots=True)
class Machine:
    """What one machine of a type costs its owner."""

    purchase_usd: float
    watts: float | None = None
    """Under load, in W. None: the fact table's."""


@dataclass(frozen=True, slots=True)
class Own:
    """The price list of an own site."""

    usd_per_kwh: float
    years: float
    """Over how many years a purchase is spread."""
    as_of: str
    """The day of these figures."""
    pue: float = 1.0
    """What the building takes for each kWh of its machines."""
    machines: Mapping[str, Machine] = field(default_factory=dict)
    """By machine type."""


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of one machine, in USD."""

    purchase: float
    """Its part of the purchase, used or not."""
    power: float
    """Its power under load, cooling included."""

    @property
    def usd(self) -> float:
        """Both together."""
        return round(self.purchase + self.power, 6)


def hour(name: str, own: Own) -> Hour | str:
    """Give the price of an hour; a text says what is missing for it.

    Args:
        name: A machine type of an own site.
        own: The site's price list.
    """
    stated = own.machines.get(name)
    if stated is None:
        return f"budget.own.machines does not have {name}"
    row = next((machine for machine in machines.all("onprem") if machine.name == name), None)
    watts = stated.watts or (row.watts if row else None)
    if watts is None:
        reason = row.unknown.get("watts", "") if row else ""
        return f"its power is not known ({reason}): say budget.own.machines.{name}.watts"
    power = watts / 1000 * own.pue * own.usd_per_kwh
    return Hour(stated.purchase_usd / (own.years * HOURS_PER_YEAR), power)


def price(name: str, nodes: Span, own: Own | None) -> Line:
    """Price machines of an own site; without a price list they are taken as paid."""
    item = f"{name}, static"
    if own is None:
        return Free(f"{nodes.expected:g} x {name}", _PAID)
    found = hour(name, own)
    if isinstance(found, str):
        return Unpriced(item, found, quantity=nodes)
    hours = nodes.times(HOURS_PER_MONTH)
    return Priced(item, hours, "hour", found.usd, "own site", (SOURCE,), own.as_of)
