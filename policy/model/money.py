"""Small sums that several rules of the budget need."""

from infra.catalog.cost.line import Priced, Span
from infra.catalog.regions import region_of
from infra.catalog.rows import CatalogError
from policy.model import places
from policy.model.facts import Facts
from policy.model.resource import Resource


def judged(span: Span, facts: Facts) -> float:
    """Give the end of a range that the rule's option `judge` names."""
    return {"min": span.low, "expected": span.expected, "max": span.high}[facts.options["judge"]]


def held(facts: Facts) -> float:
    """Give what the environment holds back for those of its lines that have no price, in USD a month."""
    aside = facts.environment.budget.set_aside if facts.environment else {}
    return sum(aside.get(item, 0.0) for item in {line.item for _, line in facts.ledger.unpriced()})


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
