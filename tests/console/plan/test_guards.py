"""A change on the real engine: what it adds is judged from what was there, and what it loses needs a word."""

import pytest

from console.plan import stage
from console.plan.make import make

pytestmark = pytest.mark.engine

DIALS = (
    "budget.change_usd=100",
    "cluster.pools.system.nodes=3",
    "cluster.pools.gpu.machine=g6.4xlarge",
    "may_lose=[cluster-system]",
)


def test_a_change_is_judged_from_what_was_there_and_a_lost_pool_needs_a_word() -> None:
    """One more machine adds more than 100 USD; the pool of another machine is replaced, and another name is no word."""
    plan = make(stage.record("aws-dev", rehearse=True, settings=DIALS), "aws-dev", rehearsed=True)
    (verdict,) = [one for one in plan.stops if one.rule == "changes-stay-under-their-cap"]
    assert f"adds {plan.bill.delta:,.2f} USD a month to {plan.bill.before.expected:,.2f}" in verdict.what
    assert plan.bill.delta > 100
    (loss,) = [one for one in plan.stops if one.rule == "losses-are-acknowledged"]
    assert (loss.name, "may_lose: [cluster-gpu]" in loss.fix) == ("cluster-gpu", True)
