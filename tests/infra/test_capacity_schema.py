"""What an editor marks in a capacity is what the stack's program refuses."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from infra import capacity
from infra.capacity.schema import json_schema

SCHEMA = Draft202012Validator(json_schema())
BLOCK = {"id": "cr", "start": "2026-12-01T11:30:00Z", "end": "2026-12-08T11:30:00Z"}

RIGHT: list[Any] = [
    "on-demand",
    "spot",
    "static",
    {"on-demand": None},
    {"spot": {}},
    {"spot": {"fallback": "none"}},
    {"spot": {"fallback": "on-demand"}},
    {"spot": {"fallback": {"reserved": "cr"}}},
    {"reserved": "cr"},
    {"reserved": 17},
    {"reserved": {"id": "cr", "group": "g"}},
    {"capacity-block": BLOCK},
    {"flex-start": "24h"},
    {"flex-start": {"max_run": "30m", "queued": False}},
    {"mixed": [{"nodes": 6, "reserved": "cr"}, {"nodes": 2, "spot": {}}]},
]
WRONG: list[Any] = [
    "reserved",
    "spto",
    {},
    {"reserverd": "cr"},
    {"reserved": {}},
    {"reserved": ["cr"]},
    {"reserved": {"id": "cr", "gruop": "g"}},
    {"spot": "none"},
    {"spot": {"fallbak": "none"}},
    {"spot": {"fallback": "static"}},
    {"spot": {"fallback": {"flex-start": "1h"}}},
    {"spot": {}, "reserved": "cr"},
    {"static": {"hosts": 4}},
    {"capacity-block": "cr"},
    {"capacity-block": {"id": "cr", "start": BLOCK["start"]}},
    {"flex-start": "1 day"},
    {"flex-start": "0h"},
    {"flex-start": {"max_run": "1h", "queued": "no"}},
    {"mixed": [{"nodes": 1, "spot": {}}]},
    {"mixed": [{"nodes": 0, "spot": {}}, {"nodes": 1, "spot": {}}]},
    {"mixed": [{"nodes": 1}, {"nodes": 1, "spot": {}}]},
    {"mixed": [{"nodes": 1, "mixed": []}, {"nodes": 1, "spot": {}}]},
]


@pytest.mark.parametrize("value", RIGHT, ids=str)
def test_what_the_program_reads_an_editor_accepts(value: Any) -> None:
    """Every way to write a capacity passes both."""
    capacity.parse(value)
    SCHEMA.validate(value)


@pytest.mark.parametrize("value", WRONG, ids=str)
def test_what_an_editor_marks_the_program_refuses(value: Any) -> None:
    """Misspelt words and fields, missing ones, wrong kinds of value fail both."""
    with pytest.raises(ValueError, match="the capacity cannot be read"):
        capacity.parse(value)
    assert not SCHEMA.is_valid(value)
