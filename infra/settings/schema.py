"""The JSON Schema of a stack file, which editors complete and check against."""

from collections.abc import Mapping
from typing import Any

from infra.settings.hybrid import Hybrid
from infra.settings.model import Settings
from infra.settings.stackfile import PREFIX
from infra.settings.tenant import Tenant

Schema = Mapping[str, Any]


def json_schema(
    options: Mapping[str, Schema] | None = None, pools: Mapping[str, Schema] | None = None
) -> dict[str, Any]:
    """Give the schema of `Pulumi.<stack>.yaml`.

    Args:
        options: Schemas of the `options` of a section, by section name, from the rooms that know them.
        pools: Schemas of the `options` of a pool, by platform. Default: anything.
    """
    environment, hybrid, tenant = (one.model_json_schema() for one in (Settings, Hybrid, Tenant))
    definitions = {**environment["$defs"], **hybrid["$defs"], **tenant["$defs"]}
    for section, known in (options or {}).items():
        definitions[section.capitalize()]["properties"]["options"] = {
            **definitions[section.capitalize()]["properties"]["options"],
            **known,
        }
    config = {
        "type": "object",
        "if": {"required": [f"{PREFIX}references"]},
        "then": _config(hybrid),
        "else": {
            "if": {"required": [f"{PREFIX}stands_on"]},
            "then": _config(tenant),
            "else": {**_config(environment), "allOf": [_pools(*one) for one in (pools or {}).items()]},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Causeway stack file",
        "type": "object",
        "properties": {
            "config": config,
            "encryptionsalt": {"type": "string"},
            "encryptedkey": {"type": "string"},
            "secretsprovider": {"type": "string"},
            "environment": {},
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _pools(platform: str, options: Schema) -> dict[str, Any]:
    """Say what the pools of one platform may say beyond the neutral settings."""
    pool = {"properties": {"options": options}}
    cluster = {"properties": {"pools": {"additionalProperties": pool}}}
    return {
        "if": {"properties": {f"{PREFIX}platform": {"const": platform}}, "required": [f"{PREFIX}platform"]},
        "then": {"properties": {f"{PREFIX}cluster": cluster}},
    }


def _config(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "properties": {f"{PREFIX}{name}": field for name, field in schema["properties"].items()},
        "required": [f"{PREFIX}{name}" for name in schema["required"]],
        "patternProperties": {f"^(?!{PREFIX}).+:.+$": {}},
        "additionalProperties": False,
    }
