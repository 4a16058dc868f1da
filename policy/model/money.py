"""Small sums that several rules of the budget need."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.catalog.cost.line import Priced, Span, Undecided
from infra.catalog.regions import region_of
from infra.catalog.rows import CatalogError
from infra.problems import nearest
from policy.model import places
from policy.model.facts import Facts
from policy.model.resource import Resource


def judged(span: Span, facts: Facts) -> float:
    """Give the end of a range that the rule's option `judge` names."""
    return {"min": span.low, "expected": span.expected, "max": span.high}[facts.options["judge"]]


def aside(facts: Facts) -> Mapping[str, float]:
    """Give what the environment holds back by item, in USD a month."""
    return facts.environment.budget.set_aside if facts.environment else {}


def held(facts: Facts) -> float:
    """Give what the environment holds back for those of its lines that have no price, in USD a month."""
    return sum(aside(facts).get(item, 0.0) for item in _without_price(facts))


@dataclass(frozen=True, slots=True)
class Stray:
    """Money that is held back for nothing, and so not held back at all."""

    item: str
    """As the settings name it."""
    usd: float
    """USD a month."""
    why: str
    """Why it counts for nothing, in a few words."""
    near: str
    """An item without a price for which nothing is held back, and which was probably meant. Empty: none is near."""

    @property
    def told(self) -> str:
        """Say it in one sentence."""
        meant = f"; did you mean {self.near!r}?" if self.near else ""
        return f"{self.item}: {self.usd:,.2f} USD a month held back for nothing: {self.why}{meant}"


def strays(facts: Facts) -> tuple[Stray, ...]:
    """List what is held back for items that have a price or are not there; what is not known yet may still be one."""
    blind, stated = _without_price(facts), aside(facts)
    lines = [line for lines in facts.ledger.lines.values() for line in lines]
    open_ = tuple(line.item for line in lines if isinstance(line, Undecided))
    priced = {line.item for line in lines if isinstance(line, Priced)}
    return tuple(
        Stray(item, usd, "it has a price here", "")
        if item in priced
        else Stray(item, usd, "nothing here is called so", nearest(item, blind - set(stated)))
        for item, usd in stated.items()
        if item not in blind and not item.startswith(open_)
    )


def _without_price(facts: Facts) -> set[str]:
    return {line.item for _, line in facts.ledger.unpriced()}


def dearest(facts: Facts) -> str:
    """Name the dearest line of the stack, as the first place to look at."""
    lines = [
        (line, urn) for urn, lines in facts.ledger.lines.items() for line in lines if isinstance(line, Priced)
    ]
    if not lines:
        return "no line has a price"
    line, urn = max(lines, key=lambda pair: pair[0].monthly.expected)
    hours = f"{line.quantity.expected:,.0f} {line.unit}s x {line.unit_usd}"
    return f"most of it {line.item} in {line.region}: {hours} of {urn.rsplit('::', 1)[-1]}"


def price_region(resource: Resource, facts: Facts) -> str:
    """Give the region whose prices hold for a resource; a zone's prices are its region's."""
    place = str(places.region(resource, facts.environment) or "")
    try:
        return region_of(places.platform(resource), place).name
    except CatalogError:
        return place
