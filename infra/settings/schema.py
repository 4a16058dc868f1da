"""The JSON Schema of a stack file, which editors complete and check against."""

from collections.abc import Mapping
from typing import Any

from infra.settings.hybrid import Hybrid
from infra.settings.model import Settings
from infra.settings.stackfile import PREFIX
from infra.settings.tenant import Tenant


def json_schema(options: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """Give the schema of `Pulumi.<stack>.yaml`.

    Args:
        options: Schemas of the `options` of a section, by section name, from the rooms that know them.
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
            "else": _config(environment),
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


def _config(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "properties": {f"{PREFIX}{name}": field for name, field in schema["properties"].items()},
        "required": [f"{PREFIX}{name}" for name in schema["required"]],
        "patternProperties": {f"^(?!{PREFIX}).+:.+$": {}},
        "additionalProperties": False,
    }
