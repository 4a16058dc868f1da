"""The finer terms of a budget: what is refused, and what judges read of them."""

from typing import Any

import pytest

from infra.problems import ProblemsError
from infra.settings import Settings, parse
from infra.settings.money import Budget, wire
from policy.model import terms
from policy.model.environment import budget

OWN = {
    "usd_per_kwh": 0.2,
    "years": 4,
    "as_of": "2026-11-01",
    "machines": {"hgx-h100": {"purchase_usd": 280_000, "watts": 10_200}},
}


def settings(platform: str = "onprem", **terms_: Any) -> dict[str, Any]:
    """Give the settings of a stack with one pool, and more terms in its budget."""
    return {
        "platform": platform,
        "owner": "ada",
        "team": "research",
        "cost_center": "r-1",
        "data_classes": {"public": {}},
        "budget": {"monthly_usd": 1000, **terms_},
        "cluster": {"pools": {"train": {"purpose": "training", "machine": "hgx-h100", "nodes": 4}}},
    }


def test_rates_and_own_prices_are_read() -> None:
    """What a stack file says is there, with its defaults; what it does not say is not."""
    found = parse(settings(rates={"train": {"steps_per_hour": 1800}}, own=OWN))
    assert isinstance(found, Settings)
    assert found.budget.rates["train"].steps_per_hour == 1800
    assert found.budget.own is not None
    assert found.budget.own.pue == 1.0
    assert found.budget.usd_per_1m_tokens is None


@pytest.mark.parametrize("written", ["2026-11-01", "2026-11-01 00:00:00 +0000 UTC"])
def test_a_day_without_quotes_is_the_same_day(written: str) -> None:
    """The engine hands on an unquoted day as a moment; settings and judges read both as the day."""
    found = parse(settings(own={**OWN, "as_of": written}))
    assert isinstance(found, Settings)
    assert found.budget.own is not None
    assert found.budget.own.as_of.isoformat() == "2026-11-01"
    declared = terms.own(terms.camel({**OWN, "as_of": written}))
    assert declared is not None
    assert declared.as_of == "2026-11-01"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (settings(rates={"trian": {"steps_per_hour": 1}}), "did you mean 'train'"),
        (settings(rates={"train": {"steps_per_hour": 0}}), "steps_per_hour"),
        (settings(own={**OWN, "machines": {"hgx-h10": {"purchase_usd": 1}}}), "did you mean 'hgx-h100'"),
        (settings(own={**OWN, "machines": {}}), "machines"),
        (settings(own={**OWN, "pue": 0.9}), "pue"),
        (settings(own={**OWN, "as_of": "last year"}), "as_of"),
        (settings(own={key: value for key, value in OWN.items() if key != "years"}), "years"),
        (settings(usd_per_gpu_hour=-1), "usd_per_gpu_hour"),
        (settings("aws", own=OWN), "platform aws has none"),
    ],
)
def test_a_mistake_names_its_place(given: dict[str, Any], text: str) -> None:
    """A pool or machine that does not exist, a rate of nothing, own prices on a cloud: refused, with the path."""
    with pytest.raises(ProblemsError, match=text) as caught:
        parse(given)
    assert any(problem.where.startswith("budget.") for problem in caught.value.problems)


def test_the_record_and_the_stack_file_say_the_same() -> None:
    """Judges read terms from the recorded environment or from the configuration, and come to the same budget."""
    given = {
        "monthly_usd": 1000,
        "per_team": {"research": 10},
        "usd_per_gpu_hour": 9,
        "usd_per_1k_steps": 50,
        "usd_per_1m_tokens": 2,
        "rates": {"train": {"steps_per_hour": 1800, "tokens_per_second": 9000}},
        "own": {**OWN, "pue": 1.4},
    }
    recorded, declared = budget(wire(Budget.model_validate(given))), budget(terms.camel(given))
    assert recorded == declared
    assert recorded.terms.thousand_steps == 50
    assert recorded.terms.rates["train"].tokens_per_second == 9000
    assert recorded.own is not None
    assert recorded.own.machines["hgx-h100"].watts == 10_200


@pytest.mark.parametrize(
    "given",
    [{"rates": 3}, {"own": {"years": 4}}, {"usdPerGpuHour": "9"}, {"own": {"usdPerKwh": True, "years": 4}}],
)
def test_a_record_of_the_wrong_shape_is_refused(given: dict[str, Any]) -> None:
    """What another program wrote into the record is checked like everything from outside."""
    with pytest.raises(ValueError, match=r"budget\."):
        budget(given)
