"""A setting, found by its path in the schema of stack files."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from console.explain.topic import Part, Topic
from infra import paths
from infra.problems import Problem, ProblemsError, nearest
from infra.settings.kinds import kind
from infra.settings.stackfile import PREFIX

Schema = Mapping[str, Any]

PAGE = "docs/settings.md"
_ANY = "NAME"  # stands for a name of the user's own, or a place in a list
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "pattern": "in the form {}",
}


def overview() -> Topic:
    """Give the settings at the top of a stack file."""
    text = "What a stack is: each key with its prefix in stacks/Pulumi.<stack>.yaml."
    return Topic("setting", PREFIX.rstrip(":"), "mapping", text, tuple(_parts({"properties": _top()})), PAGE)


def names() -> tuple[str, ...]:
    """Name the settings at the top of a stack file."""
    return tuple(_top())


def find(path: str) -> Topic:
    """Give one setting.

    Args:
        path: As errors write it, for example `cluster.pools.train.nodes`; names of the user's own (`train`) may be left
            out.

    Raises:
        ProblemsError: There is no such setting; the error names what is there, and the nearest.
    """
    words = path.removeprefix(PREFIX).split(".")
    at, field = _walk({"properties": _top()}, words, ())
    whole = _resolved(field)
    bounds = [text.format(whole[key]) for key, text in _BOUNDS.items() if key in whole]
    return Topic(
        "setting",
        ".".join(at),
        ", ".join([kind(field), *bounds]),
        _said(whole),
        tuple(_parts(whole)),
        PAGE,
    )


def _walk(field: Schema, words: Sequence[str], at: tuple[str, ...]) -> tuple[tuple[str, ...], Schema]:
    if not words:
        return at, field
    word, *rest = words
    whole = _resolved(field)
    inner = _inner(whole)
    if word in (known := whole.get("properties", {})):
        return _walk(known[word], rest, (*at, word))
    if inner is None:
        raise _unknown(word, at, known)
    left_out = word in _resolved(inner).get("properties", {})
    return _walk(inner, words if left_out else rest, (*at, _ANY))


def _unknown(word: str, at: Sequence[str], known: Schema) -> ProblemsError:
    where = ".".join(at) or PREFIX.rstrip(":")
    allowed = ", ".join(known) or "nothing, it holds a value"
    return ProblemsError(
        "nothing to explain", [Problem(where, f"has no {word!r}", allowed, nearest(word, known))]
    )


def _parts(whole: Schema) -> Iterator[Part]:
    known = whole.get("properties") or _resolved(_inner(whole) or {}).get("properties", {})
    for name, field in known.items():
        yield Part(name, kind(field), _said(_resolved(field)))


def _said(whole: Schema) -> str:
    return " ".join(str(whole.get("description", "")).split())


def _inner(whole: Schema) -> Schema | None:
    """Give what each value of a mapping or list is."""
    found = next((whole[key] for key in ("additionalProperties", "items") if whole.get(key)), None)
    return found if isinstance(found, dict) else None


def _resolved(field: Schema) -> Schema:
    """Follow references, and gather the keys of every form that a value may have; what the field says itself wins."""
    referred = [_schema()["$defs"][field["$ref"].rsplit("/", 1)[-1]]] if "$ref" in field else []
    own = {key: value for key, value in field.items() if key not in {"$ref", "anyOf"}}
    whole: dict[str, Any] = {}
    for form in [*map(_resolved, [*referred, *field.get("anyOf", ())]), own]:
        known = {**whole.get("properties", {}), **form.get("properties", {})}
        whole |= {**form, **({"properties": known} if known else {})}
    return whole


def _top() -> Schema:
    config = _schema()["properties"]["config"]
    rest = config["else"]
    forms = (rest["else"], rest["then"], config["then"])
    return {
        name.removeprefix(PREFIX): field
        for form in reversed(forms)
        for name, field in form["properties"].items()
    }


@cache
def _schema() -> Schema:
    file = paths.project() / "stacks" / "causeway.schema.json"
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    pool = schema["$defs"]["Pool"]["properties"]
    pool["options"] = {**pool["options"], "properties": dict(_pool_options(schema))}
    return schema


def _pool_options(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Give the options of pools on all platforms, each with the platforms that know it."""
    found: dict[str, dict[str, Schema]] = {}
    for case in schema["properties"]["config"]["else"]["else"]["allOf"]:
        platform = case["if"]["properties"][f"{PREFIX}platform"]["const"]
        cluster = case["then"]["properties"][f"{PREFIX}cluster"]
        options = cluster["properties"]["pools"]["additionalProperties"]["properties"]["options"]
        for name, field in options["properties"].items():
            found.setdefault(name, {})[platform] = field
    for name, known in sorted(found.items()):
        said = "; ".join(f"{platform}: {field['description']}" for platform, field in known.items())
        yield name, {**next(iter(known.values())), "description": said}
