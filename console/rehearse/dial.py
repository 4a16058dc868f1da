"""Turn one dial of a stack on a copy of its file, so that a rehearsal can show a change without making one."""

from pathlib import Path
from typing import Any

import yaml

from console.exits import Exit
from console.failures import Failed

DEFAULT = "labels.rehearsed=once"
"""A label more: every stack has labels, and a new one reaches every resource that can carry it."""


def turn(source: Path, target: Path, setting: str, option: str = "--dial") -> None:
    """Write a copy of a stack file with one setting changed.

    Args:
        source: The stack file.
        target: Where the copy goes.
        setting: `path.to.field=value`; the path begins below `causeway:`, the value is YAML.
        option: What the command line calls it, for messages.

    Raises:
        Failed: The setting has no `=`, its value is not YAML, or its path leads through something that is no object.
    """
    path, equals, text = setting.partition("=")
    if not equals or not path:
        text = f"{option} {setting}: write path=value, such as labels.rehearsed=once"
        raise Failed(text, Exit.CONFIGURATION)
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        reason = getattr(error, "problem", None) or "can't be read"
        raise Failed(f"{option} {setting}: the value is not YAML: {reason}", Exit.CONFIGURATION) from None
    document = yaml.safe_load(source.read_text(encoding="utf-8")) or {}
    head, *rest = path.split(".")
    config = document.setdefault("config", {})
    key = f"causeway:{head}"
    config[key] = _set(config.get(key), rest, value, f"{option} {setting}")
    target.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def free(source: Path, target: Path) -> bool:
    """Write a copy of a stack file in which nothing is protected; say whether anything was.

    This is what a person does before a stack can be destroyed, so a rehearsal does it as a step of its own.
    """
    document = yaml.safe_load(source.read_text(encoding="utf-8")) or {}
    freed = _without_protection(document)
    target.write_text(yaml.safe_dump(freed, sort_keys=False), encoding="utf-8")
    return bool(freed != document)


def _without_protection(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: False if key == "protect" else _without_protection(inner) for key, inner in value.items()}


def _set(value: Any, rest: list[str], leaf: Any, said: str) -> Any:
    if not rest:
        return leaf
    if value is not None and not isinstance(value, dict):
        raise Failed(f"{said}: {rest[0]!r} lies below {value!r}, which is not an object", Exit.CONFIGURATION)
    return {**(value or {}), rest[0]: _set((value or {}).get(rest[0]), rest[1:], leaf, said)}
