"""A stack file that stands on another one describes workloads, and nothing that the environment below has."""

from pathlib import Path
from typing import Any

import pytest

from infra.problems import ProblemsError
from infra.settings import Tenant, from_file, parse

GOOD: dict[str, Any] = {
    "stands_on": "aws-prod",
    "owner": "you",
    "team": "apps",
    "cost_center": "none",
    "budget": {"monthly_usd": 10},
    "training": {"store": "artifacts"},
}


def refusal(**changes: Any) -> str:
    """Give the one error of settings with some values different; None takes a value away."""
    with pytest.raises(ProblemsError) as caught:
        parse({name: value for name, value in {**GOOD, **changes}.items() if value is not None})
    return str(caught.value)


def test_what_stands_on_another_stack_is_a_tenant() -> None:
    """The least that it says: on what, whose, for how much, and one workload."""
    settings = parse(GOOD)
    assert isinstance(settings, Tenant)
    assert settings.summary == "trains on aws-prod"
    assert not settings.here


def test_what_the_environment_says_is_unknown_here() -> None:
    """A platform, stores, a cluster and promises of data belong to the stack below; classes are only named."""
    told = refusal(platform="aws", stores={}, cluster={}, data_classes={"models": {}})
    assert [
        name for name in ("platform", "stores", "cluster") if f"{name}: unknown setting" not in told
    ] == []
    assert "data_classes: given {'models': {}}; allowed: a list" in told


def test_limits_of_machines_belong_to_who_has_machines() -> None:
    """A price of a step would be judged by pools that this stack does not have."""
    told = refusal(budget={"monthly_usd": 1, "usd_per_1k_steps": 2})
    assert "budget.usd_per_1k_steps: unknown setting; allowed: change_usd, monthly_usd, per_team" in told


def test_a_stack_without_workloads_has_no_use() -> None:
    """Something must run there."""
    assert "stands_on: nothing stands there; allowed: training, serving or both" in refusal(training=None)


def test_a_budget_of_its_own_is_needed(tmp_path: Path) -> None:
    """Other mistakes are told beside the missing one, each with its line."""
    file = tmp_path / "Pulumi.apps.yaml"
    file.write_text(
        "config:\n  causeway:stands_on: aws-prod\n  causeway:owner: you\n  causeway:team: apps\n"
        "  causeway:cost_center: none\n  causeway:trainign: {store: artifacts}\n"
    )
    with pytest.raises(ProblemsError) as caught:
        from_file(file)
    assert "causeway:budget: is missing; allowed: what it may cost" in str(caught.value)
    assert "Pulumi.apps.yaml:6 causeway:trainign: unknown setting" in str(caught.value)
    assert "did you mean 'training'?" in str(caught.value)
