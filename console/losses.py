"""Losses that need a word first: machines that a run waits for, and what holds data or keys."""

import json
from collections.abc import Collection, Iterable, Sequence

from policy.model.pools import POOLS
from policy.model.stateful import STATEFUL

GUARDED = frozenset({*POOLS, *STATEFUL, "localhost:index:Bucket", "localhost:index:KeyRing"})
"""Types whose replacement or deletion must be acknowledged: pools of machines, stores, file systems, keys."""

LOST = frozenset({"replace", "delete", "delete-replaced", "create-replacement"})
"""What an engine calls the ends of a resource."""


def guarded(urn: str) -> bool:
    """Tell whether a resource is of a type that is not lost without a word."""
    return urn.split("::")[2].rpartition("$")[2] in GUARDED


def held(export: str) -> bool:
    """Tell whether a state has anything that is not lost without a word."""
    entries = (json.loads(export).get("deployment") or {}).get("resources") or []
    return any(guarded(entry["urn"]) for entry in entries)


def unasked(lost: Iterable[str], may_lose: Collection[str]) -> list[str]:
    """Give the URNs of lost resources that nobody acknowledged, each once."""
    return list(dict.fromkeys(urn for urn in lost if guarded(urn) and _name(urn) not in may_lose))


def told(urns: Sequence[str]) -> str:
    """Say what would be lost, and what to write in the stack file when that is meant."""
    names = [_name(urn) for urn in urns]
    what = ", ".join(f"{urn.split('::')[2].rpartition(':')[2]} {_name(urn)}" for urn in urns)
    word = f"may_lose: [{', '.join(names)}]"
    return f"this would replace or delete {what}; if that is meant, write {word} in the stack file"


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]
