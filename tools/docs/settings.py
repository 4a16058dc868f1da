"""The page of all settings, from the model itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.settings.kinds import kind
from stacks.schema import stack_file_schema
from tools.docs import pools

_HEAD = """# Settings

Generated from `infra/settings`: every key of `stacks/Pulumi.<stack>.yaml`.
Editors complete and check them by the schema that the first line of each stack file names.

"""

_HYBRID = "A stack file with `causeway:references` spans two environments and holds these keys instead."
_TENANT = "A stack file with `causeway:stands_on` puts workloads on another stack's environment and holds these keys."


def page() -> str:
    """Give the page's text."""
    schema = stack_file_schema()
    config = schema["properties"]["config"]
    rest = config["else"]
    parts = [_table("An environment", rest["else"]["properties"])]
    parts.append(_table("A tenant's stack", rest["then"]["properties"], _TENANT))
    parts.append(_table("A hybrid stack", config["then"]["properties"], _HYBRID))
    for name, section in sorted(schema["$defs"].items()):
        parts.append(_table(name, section["properties"], section.get("description", "")))
        if options := section["properties"].get("options", {}).get("properties"):
            parts.append(_table(f"{name} options", options, f"What `options` of {name} may hold."))
    parts += [_pools(platform, known) for platform, known in pools.options().items()]
    return _HEAD + "\n".join(parts)


def _pools(platform: str, options: Mapping[str, Any]) -> str:
    text = f"What `options` of a pool may hold where the platform is `{platform}`."
    return _table(f"Pool options on {platform}", options["properties"], text)


def _table(title: str, fields: dict[str, Any], text: str = "") -> str:
    rows = "\n".join(_rows(fields))
    intro = f"{text}\n\n" if text else ""
    return f"## {title}\n\n{intro}| key | type | meaning |\n| --- | --- | --- |\n{rows}\n"


def _rows(fields: dict[str, Any]) -> Iterator[str]:
    for name, field in fields.items():
        meaning = " ".join(str(field.get("description", "")).split()).replace("|", "\\|")
        yield f"| `{name}` | {_kind(field)} | {meaning} |"


def _kind(field: dict[str, Any]) -> str:
    return kind(field, lambda name: f"[{name}](#{name.lower()})", lambda word: f"`{word}`")
