"""The package schema (`pulumi package get-schema`, documentation, generated SDKs), from the models themselves."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from providers.base.resource import Inputs, Resource

Node = dict[str, Any]


def write(name: str, version: str, resources: Mapping[str, Resource[Any, Any]]) -> str:
    """Give the schema as JSON text."""
    types: Node = {}
    described = {token: _resource(name, resource, types) for token, resource in sorted(resources.items())}
    return json.dumps({"name": name, "version": version, "resources": described, "types": types}, indent=2)


def _resource(package: str, resource: Resource[Any, Any], types: Node) -> Node:
    inputs, state = (_object(package, model, types) for model in (resource.inputs, resource.state))
    return {
        "description": type(resource).__doc__ or "",
        "properties": state["properties"],
        "required": state["required"],
        "inputProperties": inputs["properties"],
        "requiredInputs": inputs["required"],
    }


def _object(package: str, model: type[Inputs], types: Node) -> Node:
    """Translate a model; models nested in it land in `types`."""
    _, definitions = models_json_schema([(model, "validation")], by_alias=True)
    nested = definitions.get("$defs", {})
    top = nested.pop(model.__name__)
    for title, node in nested.items():
        types[f"{package}:index:{title}"] = {"type": "object", **_members(package, node)}
    return _members(package, top)


def _members(package: str, node: Node) -> Node:
    properties = {name: _property(package, inner) for name, inner in node.get("properties", {}).items()}
    return {"properties": properties, "required": sorted(node.get("required", []))}


def _property(package: str, node: Node) -> Node:
    """Translate one field: type, description, default."""
    described = {"description": node["description"]} if "description" in node else {}
    default = node.get("default")
    given = {"default": default} if isinstance(default, bool | int | float | str) else {}
    return {**_type(package, node), **described, **given}


def _type(package: str, node: Node) -> Node:
    """Translate a JSON Schema type; an optional one is the type itself, as Pulumi marks what is required."""
    if "$ref" in node:
        return {"$ref": f"#/types/{package}:index:{node['$ref'].rpartition('/')[2]}"}
    branches = [branch for branch in node.get("anyOf", []) if branch.get("type") != "null"]
    if len(branches) == 1:
        return _type(package, branches[0])
    if branches:
        return {"oneOf": [_type(package, branch) for branch in branches]}
    match node.get("type"):
        case "array":
            return {"type": "array", "items": _type(package, node.get("items", {}))}
        case "object":
            inner = node.get("additionalProperties")
            return {
                "type": "object",
                "additionalProperties": _type(package, inner if isinstance(inner, dict) else {}),
            }
        case "string" | "integer" | "number" | "boolean" as simple:
            return {"type": simple}
        case _:
            return {"$ref": "pulumi.json#/Any"}
