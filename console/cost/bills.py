"""Bills beside each other: one column for the stack, one for each variant."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from console.cost.work import Work, of
from console.plan.make import make
from console.plan.model import Bill, CostRow, Plan
from console.plan.recording import Recording
from infra.catalog.cost.line import ZERO, Span


@dataclass(frozen=True)
class Column:
    """One variant of a stack, or another stack."""

    title: str
    bill: Bill
    work: Work = field(default_factory=Work)
    """What the bill buys."""

    def monthly(self, component: str, item: str, region: str) -> Span:
        """USD a month of one item of one component."""
        total = ZERO
        for row in self.bill.rows:
            if (row.component, row.item, row.region) == (component, item, region):
                total = total.plus(row.after)
        return total


@dataclass(frozen=True)
class Row:
    """One item of one component, in every column."""

    component: str
    item: str
    region: str
    monthly: tuple[Span, ...]
    """USD a month by column."""

    @property
    def differs(self) -> bool:
        """Whether the columns are not all equal."""
        return len({round(span.expected, 2) for span in self.monthly}) > 1


def column(title: str, recording: Recording, stack: str) -> Column:
    """Make a column of a preview from nothing."""
    plan: Plan = make(recording, stack)
    return Column(title, plan.bill, of(recording))


def rows(columns: Sequence[Column]) -> tuple[Row, ...]:
    """Set the items of all columns beside each other, the dearest first."""
    keys = {_key(row): None for one in columns for row in one.bill.rows}
    found = [Row(*key, tuple(one.monthly(*key) for one in columns)) for key in keys]
    return tuple(
        sorted(found, key=lambda row: (-max(span.expected for span in row.monthly), row.component, row.item))
    )


def _key(row: CostRow) -> tuple[str, str, str]:
    return row.component, row.item, row.region
