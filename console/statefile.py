"""The state file of this clone after a kill: the engine's file backend writes three files, one after the other.

<stack>.json         the state; renamed into place, so that it is old or new
<stack>.json.attrs   its content type, written in place: a kill may leave it empty, and then nothing reads
<stack>.json.bak     the state before
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from console import say
from infra import paths


def path(stack_name: str) -> Path:
    """Give the state file of a stack in this clone's own backend; it may not exist."""
    return paths.home() / "state" / ".pulumi" / "stacks" / "causeway" / f"{stack_name}.json"


def referring(stack_name: str) -> tuple[str, ...]:
    """Give the stacks of this clone's own backend whose state refers to another one; their files may be gone."""
    folder = path(stack_name).parent
    return tuple(file.stem for file in sorted(folder.glob("*.json")) if stack_name in _references(file))


def _references(state: Path) -> Iterator[str]:
    try:
        latest = json.loads(state.read_text(encoding="utf-8"))["checkpoint"]["latest"] or {}
    except (OSError, ValueError, KeyError):
        return
    entries: list[dict[str, Any]] = latest.get("resources") or []
    for entry in entries:
        if entry["type"] == "pulumi:pulumi:StackReference":
            yield str(entry["inputs"].get("name", "")).rpartition("/")[2]


def mend(stack_name: str) -> None:
    """Make the state readable again after a kill; nobody may be writing it."""
    state = path(stack_name)
    for file in state.parent.glob(f"{state.name}*.tmp"):
        file.unlink()
    for attributes in state.parent.glob(f"{state.name}*.attrs"):
        if not _is_json(attributes):
            attributes.unlink()  # the backend does without
    backup = state.with_name(f"{state.name}.bak")
    if backup.exists() and not _is_json(state):
        backup.replace(state)
        say.note("the state was cut off in the middle of a write: the one before it is taken, and refreshed")


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return True
