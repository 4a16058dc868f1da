"""The JSON Schema of what `parse` reads, so that editors complete a capacity and mark what is misspelt."""

from collections.abc import Mapping
from typing import Any

_NAME = {"type": ["string", "integer"], "minLength": 1}
_NOTHING = {"type": ["object", "null"], "additionalProperties": False}


def _fields(required: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **more},
        "required": list(required),
        "additionalProperties": False,
    }


def _one(kinds: Mapping[str, Any], **beside: Any) -> dict[str, Any]:
    """Describe a mapping of exactly one kind, and of what stands beside it."""
    size = 1 + len(beside)
    return {
        "type": "object",
        "properties": {**beside, **kinds},
        "required": list(beside),
        "additionalProperties": False,
        "minProperties": size,
        "maxProperties": size,
    }


def json_schema() -> dict[str, Any]:
    """Give the schema of a capacity: a word, or a mapping of one word."""
    reserved = {"anyOf": [_NAME, _fields({"id": _NAME}, group=_NAME)]}
    stand_in = _one({"on-demand": _NOTHING, "reserved": reserved})
    fallback = {"anyOf": [{"enum": ["on-demand", "none", None]}, stand_in]}
    length = {"type": "string", "pattern": "^[0-9]*[1-9][0-9]*[smhd]$"}
    kinds = {
        "on-demand": _NOTHING,
        "spot": {**_NOTHING, "properties": {"fallback": fallback}},
        "reserved": reserved,
        "capacity-block": _fields({"id": _NAME, "start": {}, "end": {}}),
        "flex-start": {"anyOf": [length, _fields({"max_run": length}, queued={"type": "boolean"})]},
    }
    share = _one(kinds, nodes={"type": "integer", "minimum": 1})
    mixed = {"type": "array", "items": share, "minItems": 2}
    words = {"enum": ["on-demand", "spot", "static"]}
    return {"anyOf": [words, _one({**kinds, "mixed": mixed, "static": _NOTHING}), {"type": "null"}]}
