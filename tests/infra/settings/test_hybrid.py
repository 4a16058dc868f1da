"""A stack file with references describes what spans two environments, and nothing that only one of them has."""

from pathlib import Path
from typing import Any

import pytest

from infra.problems import ProblemsError
from infra.settings import Hybrid, Settings, from_file, parse

GOOD: dict[str, Any] = {
    "references": {"site": "onprem", "cloud": "aws-prod"},
    "owner": "you",
    "team": "platform",
    "cost_center": "none",
    "data_classes": {"models": {}},
    "budget": {"monthly_usd": 10},
    "line": {"locations": ["A", "B"], "peer": {"asn": 65010, "address": "198.51.100.8"}},
    "training": {"store": "artifacts"},
    "serving": {"store": "artifacts"},
}


def refusal(**changes: Any) -> str:
    """Give the one error of settings with some values different; None takes a value away."""
    with pytest.raises(ProblemsError) as caught:
        parse({name: value for name, value in {**GOOD, **changes}.items() if value is not None})
    return str(caught.value)


def test_references_make_a_hybrid_stack() -> None:
    """With references the values are a hybrid stack, without them they describe an environment."""
    assert isinstance(parse(GOOD), Hybrid)
    rest = {name: GOOD[name] for name in ("owner", "team", "cost_center", "data_classes", "budget")}
    assert isinstance(parse({**rest, "platform": "local"}), Settings)


def test_what_an_environment_has_is_unknown_here() -> None:
    """A platform, stores and a network belong to the stacks that it stands on."""
    told = refusal(platform="aws", stores={}, network={})
    assert [
        name for name in ("platform", "stores", "network") if f"{name}: unknown setting" not in told
    ] == []


def test_the_networks_behind_a_line_are_not_said_twice() -> None:
    """Both networks are known from the stacks, so a range of the far end is unknown here."""
    told = refusal(line={"locations": ["A"], "peer": {"asn": 1, "cidrs": ["10.0.0.0/16"]}})
    assert "line.peer.cidrs: unknown setting; allowed: address, asn" in told


def test_all_mistakes_are_told_at_once() -> None:
    """A missing role, a missing line and a wrong number are three lines of one error."""
    told = refusal(references={"site": "onprem"}, line=None, budget={"monthly_usd": "much"})
    assert "references.cloud: is missing" in told
    assert "line: is missing" in told
    assert "budget.monthly_usd: given 'much'" in told


def test_a_mistake_names_its_line(tmp_path: Path) -> None:
    """A role that is misspelt in a file is told with file, line and the nearest name."""
    file = tmp_path / "Pulumi.hybrid.yaml"
    file.write_text("config:\n  causeway:references:\n    sight: onprem\n    cloud: aws-prod\n")
    with pytest.raises(ProblemsError) as caught:
        from_file(file)
    assert "Pulumi.hybrid.yaml:3 causeway:references.sight: unknown setting" in str(caught.value)
    assert "did you mean 'site'?" in str(caught.value)
