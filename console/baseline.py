"""What a stack costs before a change: the number from which the judges measure what the change adds."""

import json
from collections.abc import Mapping
from typing import Any

from console.plan.ledger import Stock
from console.plan.recording import State


def monthly(export: str) -> float | None:
    """Give the USD a month of a state, as declared; None when it has no resource yet, for a first `up` has no before.

    Args:
        export: The state as `pulumi stack export` writes it; secrets stay sealed.
    """
    entries = (json.loads(export).get("deployment") or {}).get("resources") or []
    known = [_state(entry) for entry in entries if not entry.get("delete")]
    if not any(state.custom and not state.type.startswith("pulumi:") for state in known):
        return None
    return Stock(known, {}).ledger.total().expected


def _state(entry: Mapping[str, Any]) -> State:
    linked = entry.get("propertyDependencies") or {}
    return State(
        urn=entry["urn"],
        type=entry["type"],
        custom=bool(entry.get("custom")),
        protect=bool(entry.get("protect")),
        parent=entry.get("parent", ""),
        provider=entry.get("provider", ""),
        inputs=entry.get("inputs") or {},
        outputs=entry.get("outputs") or {},
        dependencies=tuple(entry.get("dependencies") or ()),
        property_dependencies={name: tuple(urns or ()) for name, urns in linked.items()},
    )
