"""Stacks are held against those below them before an engine starts: what is not there is told with the way to it."""

from typing import Any, cast

import pytest
from grounds import CLOUD, SITE

from infra.paths import project
from infra.settings import Hybrid, from_file, parse
from stacks import standing
from stacks.reference import NoSuchStackError, Outputs, StackUnreadError

TENANT: dict[str, Any] = {
    "stands_on": "aws-prod",
    "owner": "you",
    "team": "apps",
    "cost_center": "none",
    "budget": {"monthly_usd": 0},
    "serving": {"store": "artifacts"},
}
UP = {"ground": CLOUD, "kubeconfig": "[secret]"}


def tenant(stands_on: str, outputs: Outputs | Exception) -> str:
    """Hold a tenant against a stack with these outputs, or with none."""

    def source(_: str) -> Outputs:
        if isinstance(outputs, Exception):
            raise outputs
        return outputs

    found = standing.mistakes(parse({**TENANT, "stands_on": stands_on}), source, "apps")
    return "\n".join(str(problem) for problem in found)


def never(stack: str) -> Outputs:
    """Know no stack."""
    raise NoSuchStackError(stack)


def test_a_stack_that_carries_it() -> None:
    """Nothing is wrong."""
    assert tenant("aws-prod", UP) == ""


@pytest.mark.parametrize(
    ("name", "outputs", "text"),
    [
        (
            "aws-prod",
            NoSuchStackError("aws-prod"),
            "there is no stack 'aws-prod' yet: run `causeway up aws-prod`",
        ),
        (
            "aws-prdo",
            NoSuchStackError("aws-prdo"),
            "there is no stack 'aws-prdo'; allowed: aws-dev, aws-prod",
        ),
        ("aws-prdo", NoSuchStackError("aws-prdo"), "did you mean 'aws-prod'?"),
        ("them/their/stack", NoSuchStackError("them"), "there is no stack 'them/their/stack' yet"),
        ("aws-prod", {}, "stands_on: aws-prod is not up: run `causeway up aws-prod` first"),
        (
            "local",
            {"endpoint": "http://127.0.0.1:1"},
            "local tells nothing to other stacks (one of this machine never does)",
        ),
        ("aws-prod", {"ground": CLOUD}, "aws-prod has no output 'kubeconfig'"),
        ("aws-prod", StackUnreadError("aws-prod can't be read: locked"), "aws-prod can't be read: locked"),
        (
            "aws-prod",
            {**UP, "ground": {name: fact for name, fact in CLOUD.items() if name != "version"}},
            "brought up by an older program (it tells version 0, 1 is needed): run `causeway up aws-prod` first",
        ),
    ],
)
def test_a_stack_that_is_not_ready(name: str, outputs: Outputs | Exception, text: str) -> None:
    """Never brought up, misspelt, taken down, unreadable, or brought up by a program that told less."""
    assert text in tenant(name, outputs)


def test_a_hybrid_stack_is_held_against_both() -> None:
    """What is not there, and what does not fit, is told of either side."""
    settings = cast("Hybrid", from_file(project() / "stacks" / "Pulumi.hybrid.yaml"))
    assert [one.where for one in standing.mistakes(settings, never, "hybrid")] == [
        "references.site",
        "references.cloud",
    ]
    below = {"onprem": {**UP, "ground": SITE}, "aws-prod": UP}
    assert standing.mistakes(settings, below.__getitem__, "hybrid") == []
    wrong = {**below, "onprem": {**UP, "ground": {**SITE, "platform": "gcp"}}}
    assert "onprem is on gcp" in str(standing.mistakes(settings, wrong.__getitem__, "hybrid")[0])


def test_an_environment_stands_on_nothing() -> None:
    """No state of another stack is asked for."""
    settings = from_file(project() / "stacks" / "Pulumi.aws-dev.yaml")
    assert standing.roles(settings) == {}
    assert standing.mistakes(settings, never, "aws-dev") == []
