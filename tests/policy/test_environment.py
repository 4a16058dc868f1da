"""An environment's promises, from the stack file and from the graph."""

import json
from typing import Any

import pytest

from policy.model.environment import Environment
from tests.policy.make import PROMISES, environment

CONFIG = {
    "causeway:platform": "local",
    "causeway:jurisdiction": "eu",
    "causeway:owner": "ada",
    "causeway:team": "research",
    "causeway:cost_center": "r-1",
    "causeway:budget": json.dumps({"monthly_usd": 1000}),
    "causeway:data_classes": json.dumps(
        {
            "public": {},
            "corpus": {"jurisdictions": ["eu"], "rotation_days": 90},
            "patients": {"jurisdictions": ["eu"], "rotation_days": 30, "personal": True},
        }
    ),
}


def test_the_stack_file_and_the_graph_say_the_same() -> None:
    """The configuration that the engine shows first and the component in the state give equal promises."""
    declared, registered = Environment.declared(CONFIG), Environment.parse(environment(stack=""))
    assert declared == registered


def test_a_program_that_is_not_ours_declares_nothing() -> None:
    """Without data classes in its configuration a stack has no environment until it registers one."""
    assert Environment.declared({"aws:region": "eu-west-1"}) is None


def test_a_tenant_declares_no_promises() -> None:
    """It names classes of the environment below; what they promise is known when its component is registered."""
    config = {**CONFIG, "causeway:stands_on": "aws-prod", "causeway:data_classes": '["corpus"]'}
    assert Environment.declared(config) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"dataClasses": {"corpus": {"jurisdictions": "eu"}}},
            "dataClasses.corpus.jurisdictions: given 'eu', a list",
        ),
        (
            {"dataClasses": {"corpus": {"rotationDays": "soon"}}},
            "dataClasses.corpus.rotationDays: given 'soon', a number",
        ),
        ({"dataClasses": ["corpus"]}, "dataClasses: given .*, a map is needed"),
        ({"budget": {"monthlyUsd": True}}, "budget.monthlyUsd: given True, a number"),
        ({"budget": {"perTeam": {"a": "b"}}}, "budget.perTeam.a: given 'b', a number"),
    ],
)
def test_a_wrong_shape_is_an_error_with_its_place(changes: dict[str, Any], message: str) -> None:
    """What can't be read is never taken for a promise that was not made."""
    with pytest.raises(ValueError, match=message):
        Environment.parse(environment(**changes))


def test_the_promises_of_the_tests_are_complete() -> None:
    """The environment that all tables use has a class for everywhere and two for the Union."""
    promises = Environment.parse(environment())
    assert set(promises.data_classes) == set(PROMISES["dataClasses"])
    assert promises.data_classes["public"].anywhere
    assert not promises.data_classes["patients"].anywhere
