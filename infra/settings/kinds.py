"""What a setting may be, in a few words, from its JSON Schema."""

from collections.abc import Callable, Mapping
from typing import Any

_NAMED = 8
"""From so many keys on a mapping is only called one: it has a table of its own."""


def kind(
    field: Mapping[str, Any], section: Callable[[str], str] = str, word: Callable[[str], str] = str
) -> str:
    """Say what a field holds, for example `list of string`.

    Args:
        field: Its JSON Schema.
        section: How the name of a section is written, as a link for example. Default: plain.
        word: How a word of a stack file is written. Default: plain.
    """

    def of(inner: Mapping[str, Any]) -> str:
        return kind(inner, section, word)

    if "$ref" in field:
        return section(field["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in field:
        return " or ".join(of(branch) for branch in field["anyOf"] if branch.get("type") != "null")
    if "enum" in field:
        return ", ".join(word(str(one)) for one in field["enum"])
    if field.get("type") == "array":
        return f"list of {of(field.get('items', {}))}"
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), dict):
        return f"mapping to {of(field['additionalProperties'])}"
    if len(keys := field.get("properties", {})) in range(1, _NAMED):
        return f"mapping of {', '.join(word(key) for key in keys)}"
    names = field.get("type", "any")
    return " or ".join(name for name in names if name != "null") if isinstance(names, list) else str(names)
