"""Google's discovery documents as judges: what Google's own description of a request refuses.

`tests/judged/google_discovery.json` holds their facts without their prose: fields, types, closed sets, patterns. It is
gathered again from a folder of documents, as google-api-python-client carries them:

    python tests/support/google_discovery.py googleapiclient/discovery_cache/documents
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

OPEN = "<open>"
"""A value that only the cloud gives."""
SUFFIX = "*******"
"""What a recorded graph has in place of the engine's suffix of a name: hex digits."""

JUDGED = Path(__file__).parents[1] / "judged"
FACTS = JUDGED / "google_discovery.json"
TABLE: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    (JUDGED / "google_requests.toml").read_text(encoding="utf-8")
)

KEPT = ("type", "format", "enum", "pattern", "$ref", "readOnly", "minimum", "maximum")
"""What is gathered of a field."""

FORMS = {
    "boolean": r"true|false|TRUE|FALSE",
    "integer": r"-?\d+",
    "number": r"-?\d+(\.\d+)?",
    "google-duration": r"\d+(\.\d+)?s",
    "int64": r"-?\d+",
    "uint64": r"\d+",
}
"""How values of a type or format are written; the provider reads numbers and truth values from text too."""


@cache
def facts() -> Mapping[str, Any]:
    """Read what was gathered."""
    found: Mapping[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Judge:
    """Judges the inputs of one resource type."""

    token: str
    """The type's token, a key of the table."""

    def problems(self, inputs: Mapping[str, Any]) -> Iterator[str]:
        """Name everything that Google's description refuses."""
        row = TABLE[self.token]
        for path, value in _leaves(inputs):
            if _begins(path, row.get("own", ())):
                continue
            if "schema" not in row:
                yield f"{path}: no request carries it"
                continue
            document, _, schema = row["schema"].rpartition(".")
            wire = _renamed(path, row.get("names", {}))
            known = facts()[document]["schemas"]
            yield from (f"{path}: {text}" for text in _walk(known, {"$ref": schema}, wire.split("."), value))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give every value with its path; places in a list make no difference."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield path, value


def _begins(path: str, names: Any) -> str:
    """Give the longest of the names that the path is or lies below."""
    found = [name for name in names if path == name or path.startswith(f"{name}.")]
    return max(found, key=len, default="")


def _renamed(path: str, names: Mapping[str, str]) -> str:
    """Call a property as the request does, longest name first."""
    known = _begins(path, names) or ("" if "" in names else None)
    if known is None:
        return path
    rest = path[len(known) :].lstrip(".")
    return ".".join(part for part in (names[known], rest) if part)


def _walk(known: Mapping[str, Any], field: Mapping[str, Any], path: list[str], value: Any) -> Iterator[str]:
    while "$ref" in field or field.get("type") == "array":
        field = known[field["$ref"]] if "$ref" in field else field["items"]
    if not path:
        yield from _refused(field, value)
        return
    name, *rest = path
    fields = field.get("properties", {})
    if name in fields:
        if fields[name].get("readOnly"):
            yield f"{name} is written by Google alone"
        yield from _walk(known, fields[name], rest, value)
    elif "additionalProperties" in field:
        yield from _walk(known, field["additionalProperties"], [], value)
    else:
        yield f"there is no {name}; near are {get_close_matches(name, fields, cutoff=0.4)}"


def _refused(field: Mapping[str, Any], value: Any) -> Iterator[str]:
    if value in (OPEN, None, [], {}) or "properties" in field:
        return
    text = json.dumps(value) if not isinstance(value, str) else value.replace(SUFFIX, "a1b2c3d")
    if "enum" in field and text not in field["enum"]:
        yield f"{text} is none of {', '.join(field['enum'])}"
    if "pattern" in field and not re.fullmatch(field["pattern"], text):
        yield f"{text} is not of the form {field['pattern']}"
    for kind in (field.get("type", ""), field.get("format", "")):
        if kind in FORMS and not re.fullmatch(FORMS[kind], text):
            yield f"{text} is no {kind}"


def gather(folder: Path) -> dict[str, Any]:
    """Read the schemas that the table names, and those that they refer to, without their prose."""
    wanted: dict[str, set[str]] = {}
    for row in TABLE.values():
        document, _, schema = row.get("schema", "").rpartition(".")
        wanted.setdefault(document, set()).add(schema)
    return {name: _document(folder / f"{name}.json", schemas) for name, schemas in wanted.items() if name}


def _document(file: Path, wanted: set[str]) -> dict[str, Any]:
    given = json.loads(file.read_text(encoding="utf-8"))
    waiting, found = list(wanted), {}
    while waiting:
        if (name := waiting.pop()) not in found:
            found[name] = _slim(given["schemas"][name])
            waiting += re.findall(r'"\$ref": "(\w+)"', json.dumps(found[name]))
    return {"revision": given["revision"], "schemas": found}


def _slim(field: Mapping[str, Any]) -> dict[str, Any]:
    inner = {name: _slim(field[name]) for name in ("items", "additionalProperties") if name in field}
    fields = {name: _slim(one) for name, one in field.get("properties", {}).items()}
    return {
        **{name: field[name] for name in KEPT if name in field},
        **inner,
        **({"properties": fields} if fields else {}),
    }


def _lines(gathered: Mapping[str, Any]) -> Iterator[str]:
    """Write one schema a line, so that a newer document shows what changed."""
    documents = []
    for name, document in sorted(gathered.items()):
        schemas = ",\n".join(
            f"  {json.dumps(key)}: {json.dumps(one, sort_keys=True)}"
            for key, one in sorted(document["schemas"].items())
        )
        documents.append(
            f'{json.dumps(name)}: {{"revision": "{document["revision"]}", "schemas": {{\n{schemas}\n}}}}'
        )
    yield "{\n" + ",\n".join(documents) + "\n}\n"


if __name__ == "__main__":
    FACTS.write_text("".join(_lines(gather(Path(sys.argv[1])))), encoding="utf-8")
