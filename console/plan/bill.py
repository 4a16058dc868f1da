"""The bill before and after, item by item."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from console.plan.ledger import Stock
from console.plan.model import Bill, CostRow, Gap, Use
from infra.catalog.cost.ledger import Ledger
from infra.catalog.cost.line import ZERO, Metered, Priced, Unpriced
from policy.model import money
from policy.model.facts import Facts

Key = tuple[str, str, str]
"""URN, item and region."""

_JUDGED = re.compile(r"policies: .*?([\d,]+\.\d\d) USD a month")


def bill(before: Stock, after: Stock, component: Callable[[str], str], told: Iterable[str]) -> Bill:
    """Set the two sides beside each other.

    Args:
        before: The stack as it is.
        after: The stack as it will be.
        component: From a URN to the component that it belongs to.
        told: What the judges said at the end of their run.
    """
    environment = after.environment
    return Bill(
        before=before.ledger.total(),
        after=after.ledger.total(),
        rows=_rows(before.ledger, after.ledger, component),
        unpriced=tuple(sorted((_gap(urn, line) for urn, line in after.ledger.unpriced()), key=_by_size)),
        undecided=tuple(
            Gap(_name(urn), line.item, f"hangs on {line.path}, which is not known yet", None)
            for urn, line in sorted(after.ledger.undecided(), key=lambda pair: (pair[0], pair[1].item))
        ),
        uses=_uses(after.ledger),
        judged=judged(told),
        cap=environment.budget.monthly_usd if environment else None,
        strays=tuple(
            stray.told
            for stray in money.strays(Facts(environment=environment, graph=after.graph, ledger=after.ledger))
        ),
    )


def judged(told: Iterable[str]) -> float | None:
    """Read the sum that the judges named at the end; None when they named none."""
    found = [match for text in told if (match := _JUDGED.search(text))]
    return float(found[-1][1].replace(",", "")) if found else None


def monthly(ledger: Ledger, urn: str) -> float:
    """USD a month of one resource, as declared."""
    return ledger.monthly_of(urn).expected


def _rows(before: Ledger, after: Ledger, component: Callable[[str], str]) -> tuple[CostRow, ...]:
    old, new = _priced(before), _priced(after)
    rows = [_row(key, old.get(key), new.get(key), component(key[0])) for key in {**old, **new}]
    return tuple(sorted(rows, key=lambda row: (-abs(row.delta), -row.after.expected, row.urn, row.item)))


def _row(key: Key, old: Priced | None, new: Priced | None, component: str) -> CostRow:
    line = new or old
    assert line, f"a row of {key[0]} has neither side"
    return CostRow(
        urn=key[0],
        name=_name(key[0]),
        component=component,
        item=line.item,
        region=line.region,
        unit=line.unit,
        unit_usd=line.unit_usd,
        quantity=(old.quantity.expected if old else 0.0, new.quantity.expected if new else 0.0),
        before=old.monthly if old else ZERO,
        after=new.monthly if new else ZERO,
        source=line.source,
        as_of=line.as_of,
        basis=line.basis,
    )


def _priced(ledger: Ledger) -> Mapping[Key, Priced]:
    """Join the lines of one resource that are about the same item, such as two equal disks."""
    found: dict[Key, Priced] = {}
    for urn, lines in ledger.lines.items():
        for line in lines:
            if isinstance(line, Priced):
                key = (urn, line.item, line.region)
                found[key] = _joined(found.get(key), line)
    return found


def _joined(one: Priced | None, other: Priced) -> Priced:
    if one is None:
        return other
    return replace(other, quantity=one.quantity.plus(other.quantity))


def _gap(urn: str, line: Unpriced) -> Gap:
    return Gap(_name(urn), line.item, line.reason, line.guide.expected if line.guide else None)


def _by_size(gap: Gap) -> tuple[float, str, str]:
    return -(gap.guide or 0.0), gap.name, gap.item


def _uses(ledger: Ledger) -> tuple[Use, ...]:
    found = {
        Use(_name(urn), line.item, line.unit, line.unit_usd)
        for urn, lines in ledger.lines.items()
        for line in lines
        if isinstance(line, Metered)
    }
    return tuple(sorted(found, key=lambda use: (use.item, use.name)))


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]
