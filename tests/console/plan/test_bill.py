"""The bill of a plan is the ledger of the judges."""

import pytest

from console.plan.bill import judged
from console.plan.make import make
from console.plan.recording import Recording

from .made import P5, POOL, UNKNOWN, created, environment, growth, pool, state, step
from .made import judged as said


def test_one_node_more_costs_730_hours_of_its_row() -> None:
    """8 to 9 x p5.48xlarge adds 730 x 55.04 = 40,179.20 USD, to the cent; the pool beside it adds nothing."""
    bill = make(growth(), "test").bill
    assert round(bill.delta, 2) == round(730 * P5, 2) == 40_179.20
    (row,) = bill.changed
    assert (row.name, row.item, row.quantity) == ("train", "p5.48xlarge", (5840.0, 6570.0))
    assert row.source
    assert row.as_of


def test_the_range_follows_the_bounds_of_autoscaling() -> None:
    """A pool of 1 to 6 moves the sum by its price, and the expected sum is the declared one."""
    after = make(growth(), "test").bill.after
    hour = 0.8048  # g6.xlarge in us-east-1
    assert after.expected - after.low == pytest.approx(730 * hour * 1)
    assert after.high - after.expected == pytest.approx(730 * hour * 4)


def test_what_is_deleted_leaves_the_bill() -> None:
    """A deleted pool counts before and not after."""
    events = (environment(), step("delete", state(POOL, "train", pool(2)), None))
    bill = make(Recording(events), "test").bill
    assert bill.delta == pytest.approx(-2 * 730 * P5)
    assert bill.after.expected == 0


def test_an_unknown_size_is_named_and_not_counted() -> None:
    """A pool whose count is not known yet is listed as open; nothing is taken as 0 in silence."""
    events = (environment(), created(POOL, "train", {**pool(1), "scalingConfig": UNKNOWN}))
    bill = make(Recording(events), "test").bill
    assert [(gap.name, gap.reason) for gap in bill.undecided] == [
        ("train", "hangs on scalingConfig, which is not known yet")
    ]


def test_a_machine_without_a_price_is_unpriced_with_its_reason() -> None:
    """p5e.48xlarge has no on-demand price anywhere: it is listed, and its GPUs are still counted."""
    plan = make(Recording((environment(), created(POOL, "train", pool(2, machine="p5e.48xlarge")))), "test")
    (gap,) = plan.bill.unpriced
    assert gap.item == "p5e.48xlarge"
    assert gap.reason
    assert [(need.machine, need.accelerators.expected) for need in plan.needs] == [("p5e.48xlarge", 16)]


def test_another_sum_of_the_judges_is_shown() -> None:
    """When the budget rules judged another number than the plan's, the page says so."""
    from console.plan import markdown

    recording = growth()
    same = Recording((*recording.events, *said("362,787.81")))
    other = Recording((*recording.events, *said("1.00")))
    assert "judged" not in markdown.page(make(same, "test"))
    assert "The budget rules judged 1.00 USD a month." in markdown.page(make(other, "test"))


def test_the_judged_sum_is_read_from_their_last_words() -> None:
    """The last summary counts; without one there is no judged sum."""
    assert (
        judged(["policies: 1 rules; none exempted; 1,234.50 USD a month (1.00 to 2.00); 0 unpriced"])
        == 1234.5
    )
    assert judged(["something else"]) is None
