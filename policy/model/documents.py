"""Policy documents of AWS: JSON text or the same as a map."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from infra.catalog.values import Value


def statements(policy: Value) -> Iterator[Mapping[str, Any]]:
    """Give the statements of a policy document; none when it is no document."""
    document = _parsed(policy)
    given = document.get("Statement", []) if isinstance(document, Mapping) else []
    for statement in given if isinstance(given, list) else [given]:
        if isinstance(statement, Mapping):
            yield statement


def listed(value: Any) -> list[str]:
    """Give a string or a list of strings as a list."""
    return [value] if isinstance(value, str) else [item for item in value or () if isinstance(item, str)]


def bool_condition(statement: Mapping[str, Any], key: str) -> Any:
    """Give what a statement's `Bool` conditions demand of a key; None when nothing."""
    conditions = statement.get("Condition") or {}
    for operator in ("Bool", "BoolIfExists"):
        if key in conditions.get(operator, {}):
            return conditions[operator][key]
    return None


def _parsed(policy: Value) -> Any:
    if not isinstance(policy, str):
        return policy
    try:
        return json.loads(policy)
    except json.JSONDecodeError as error:
        raise ValueError(f"a policy document is no JSON: {error}") from error
