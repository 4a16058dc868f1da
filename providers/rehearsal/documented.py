"""Rules that the SDK states in its documentation only: conflicts, allowed values, replace-only properties."""

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from providers.base.errors import Problem, listed
from providers.base.values import UNKNOWN, Path, Secret
from providers.rehearsal.schema import Fields, ListOf, Property

_CONFLICT = re.compile(r"[Cc]onflicts with ((?:`\w+`(?:,? (?:and|or) |, )?)+)")
_VALUES = re.compile(r"[Vv]alid [Vv]alues(?: are)?:? ((?:`[^`]+`(?:,? (?:and|or) |, )?)+)")
_REPLACES = re.compile(
    r"(?:forces?|triggers?|creates?) (?:the )?(?:creation of )?(?:a )?(?:new resource|recreation|replacement)"
    r"|^(?:Required\. )?Immutable\.",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(r"\b(?:if|when|unless|from|only|except)\b", re.IGNORECASE)
_TICKED = re.compile(r"`([^`]+)`")


def check(
    inputs: Mapping[str, Any], properties: Mapping[str, Property], path: Path = ()
) -> Iterator[Problem]:
    """Find properties set together that exclude each other, and values that are a documented one misspelt."""
    for name, value in inputs.items():
        wanted = properties.get(name)
        if wanted is None or value is None:
            continue
        yield from _conflicts(name, wanted, inputs, path)
        yield from _misspelt(value, wanted, (*path, name))
        yield from _inside(value, wanted, (*path, name))


@lru_cache(maxsize=4096)
def replaces(doc: str) -> bool:
    """Whether a property's documentation says, without conditions, that changing it makes a new resource."""
    return any(
        _REPLACES.search(sentence) and not _CONDITIONAL.search(sentence)
        for sentence in re.split(r"(?<=\.) ", doc)
    )


def _inside(value: Any, wanted: Property, path: Path) -> Iterator[Problem]:
    value = value.value if isinstance(value, Secret) else value
    kind = wanted.type
    if isinstance(kind, Fields) and isinstance(value, Mapping):
        yield from check(value, kind.properties, path)
    elif isinstance(kind, ListOf) and isinstance(kind.item, Fields) and isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, Mapping):
                yield from check(item, kind.item.properties, (*path, index))


def _conflicts(name: str, wanted: Property, inputs: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    for python in _other_names(wanted.doc):
        other = _camel(python)
        if other != name and _set(inputs.get(other)) and _set(inputs[name]):
            yield Problem((*path, name), f"{name!r} conflicts with {other!r}: give one of them")


def _set(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [])


@lru_cache(maxsize=4096)
def _other_names(doc: str) -> tuple[str, ...]:
    return tuple(name for group in _CONFLICT.findall(doc) for name in _TICKED.findall(group))


def _misspelt(value: Any, wanted: Property, path: Path) -> Iterator[Problem]:
    """Refuse only what is surely a slip.

    A list in a documentation page may be older than the cloud, so a new value passes, and so does one that differs
    from a listed one in digits (a new generation).
    """
    allowed = _allowed(wanted.doc)
    if not isinstance(value, str) or value is UNKNOWN or not allowed or value in allowed:
        return
    near = difflib.get_close_matches(_letters(value), [_letters(name) for name in allowed], n=1, cutoff=0.87)
    slips = [
        name for name in allowed if near and _letters(name) == near[0] and _digits(name) == _digits(value)
    ]
    if slips and slips[0].lower() != value.lower():
        yield Problem(path, f"{value!r} is not one of {listed(allowed)}; did you mean {slips[0]!r}?")


def _letters(text: str) -> str:
    return re.sub(r"[\W_\d]", "", text).lower()


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


@lru_cache(maxsize=4096)
def _allowed(doc: str) -> tuple[str, ...]:
    found = _VALUES.search(doc)
    return tuple(_TICKED.findall(found[1])) if found else ()


def _camel(python: str) -> str:
    head, *rest = python.split("_")
    return head + "".join(part.capitalize() for part in rest)
