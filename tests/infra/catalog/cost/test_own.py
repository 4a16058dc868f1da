"""Own machines: purchase over the years, power through the meter, worked out by hand."""

from typing import Any

import pytest

from infra.catalog.cost.charge import Place
from infra.catalog.cost.estimate import estimate
from infra.catalog.cost.line import Free, Priced, Span, Undecided, Unpriced
from infra.catalog.cost.own import Hour, Machine, Own, hour
from infra.catalog.values import UNKNOWN

RULE = "kubernetes:nfd.k8s-sigs.io/v1alpha1:NodeFeatureRule"
SITE = Own(
    usd_per_kwh=0.20,
    years=4,
    as_of="2026-11-01",
    pue=1.5,
    machines={"dgx-h100": Machine(350_400), "hgx-h100": Machine(280_320), "hgx-h200": Machine(1, 10_000)},
)


def pool(machine: Any, *hosts: Any) -> dict[str, Any]:
    """Give the rule that labels a pool's machines, and one more for their rack."""
    names = [{"feature": "system.name", "matchExpressions": {"nodename": {"op": "In", "value": list(hosts)}}}]
    rack = {"name": "train-r1", "labels": {"topology.kubernetes.io/rack": "r1"}, "matchFeatures": names}
    labels = {"causeway/machine": machine, "causeway/pool": "train"}
    return {"spec": {"rules": [{"name": "train-pool", "labels": labels, "matchFeatures": names}, rack]}}


def test_an_hour_is_purchase_and_power() -> None:
    """350,400 / (4 x 8,760 h) = 10 USD; 10.2 kW x 1.5 x 0.20 = 3.06 USD: the fact table knows the power of a DGX."""
    found = hour("dgx-h100", SITE)
    assert isinstance(found, Hour)
    assert (found.purchase, found.power, found.usd) == pytest.approx((10.0, 3.06, 13.06))


def test_a_stated_power_comes_before_the_fact_table() -> None:
    """10 kW x 1.5 x 0.20 = 3.00 USD for a server of which the fact table has no power."""
    found = hour("hgx-h200", SITE)
    assert isinstance(found, Hour)
    assert found.power == pytest.approx(3.0)


def test_a_pool_of_an_own_site_is_on_the_bill_once() -> None:
    """Two machines are 2 x 730 x 13.06 = 19,067.60 USD a month; the rule of their rack adds nothing."""
    (line,) = estimate(RULE, pool("dgx-h100", "a", "b"), Place("hall-1", own=SITE))
    assert isinstance(line, Priced)
    assert line.monthly.expected == line.monthly.low == pytest.approx(19_067.60)
    assert (line.source, line.as_of) == (("own-price-list",), "2026-11-01")


@pytest.mark.parametrize(
    ("machine", "reason"),
    [("hgx-h100", "budget.own.machines.hgx-h100.watts"), ("cpu-host", "does not have cpu-host")],
)
def test_what_is_not_stated_is_unpriced(machine: str, reason: str) -> None:
    """Without its power, or without a purchase, a machine has no price, and the line names the setting."""
    (line,) = estimate(RULE, pool(machine, "a", "b"), Place("hall-1", own=SITE))
    assert isinstance(line, Unpriced)
    assert reason in line.reason
    assert line.quantity == Span.exactly(2)


def test_without_a_price_list_machines_are_taken_as_paid() -> None:
    """A line says so, and how to price them; it is not silence."""
    (line,) = estimate(RULE, pool("dgx-h100", "a"), Place("hall-1"))
    assert isinstance(line, Free)
    assert "budget.own" in line.reason


@pytest.mark.parametrize(
    "given",
    [
        {"spec": UNKNOWN},
        {"spec": {"rules": [{"labels": UNKNOWN}]}},
        pool(UNKNOWN, "a"),
        pool("dgx-h100", UNKNOWN),
    ],
)
def test_an_unknown_rule_leaves_the_price_open(given: dict[str, Any]) -> None:
    """What is not known yet is undecided, never free."""
    lines = estimate(RULE, given, Place("hall-1", own=SITE))
    assert [type(line) for line in lines] == [Undecided]
