"""The typed resources say what the provider takes."""

from typing import Any

import pytest
from pulumi import _types

from providers.base.examine import wire_names
from providers.base.resource import Resource
from providers.localhost import catalogue, sdk

RESOURCES = {resource.token.rpartition(":")[2]: resource for resource in catalogue.resources()}


@pytest.mark.parametrize("name", sorted(RESOURCES))
def test_the_classes_match_the_models(name: str) -> None:
    """Every input of the model is an argument and the other way round; every output exists."""
    resource: Resource[Any, Any] = RESOURCES[name]
    arguments = _types.input_type_py_to_pulumi_names(getattr(sdk, f"{name}Args"))
    assert sorted(arguments.values()) == sorted(wire_names(resource.inputs))
    outputs = _types.resource_py_to_pulumi_names(getattr(sdk, name))
    assert set(outputs.values()) <= set(wire_names(resource.state))
    computed = set(wire_names(resource.state)) - set(wire_names(resource.inputs)) - {"instance"}
    assert computed <= set(outputs.values()), "what the provider computes can be read"
