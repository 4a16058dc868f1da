"""Judge inputs by the SDK's schema: unknown names, wrong types, missing properties, values that no enum has."""

from collections.abc import Iterator, Mapping
from typing import Any

from providers.base.errors import Problem, listed, nearest
from providers.base.values import UNKNOWN, Path, Secret
from providers.rehearsal.schema import (
    Anything,
    Choice,
    Either,
    Fields,
    ListOf,
    MapOf,
    Property,
    Scalar,
    Type,
)

_ASSET = "4dabf18193072939515e22adb298388d"  # the signature key of assets and archives on the wire


def check(
    inputs: Mapping[str, Any], properties: Mapping[str, Property], path: Path = (), *, others: bool = False
) -> Iterator[Problem]:
    """Find every property that the SDK does not have, every missing one, and every value of the wrong type.

    `others` lets properties pass that nothing describes.
    """
    for name, value in inputs.items():
        if name in properties:
            yield from _value(value, properties[name].type, (*path, name))
        elif not others and not name.startswith("__"):
            hint = nearest(name, properties) or f"; allowed: {listed(sorted(properties))}"
            yield Problem((*path, name), f"there is no property {name!r} here{hint}")
    for name, wanted in properties.items():
        if wanted.required and inputs.get(name) is None:
            yield Problem(path, f"the required property {name!r} is missing")


def _value(value: Any, wanted: Type, path: Path) -> Iterator[Problem]:
    while isinstance(value, Secret):
        value = value.value
    if value is not None and value is not UNKNOWN:
        yield from _known(value, wanted, path)


def _known(value: Any, wanted: Type, path: Path) -> Iterator[Problem]:
    match wanted:
        case Fields():
            yield from _fields(value, wanted, path)
        case ListOf(item):
            yield from _list(value, item, path)
        case MapOf(inner):
            yield from _map(value, inner, path)
        case Choice():
            yield from _choice(value, wanted, path)
        case Either(options):
            yield from _either(value, options, path)
        case Scalar(kind):
            if not _fits(value, kind):
                yield Problem(path, f"{_shown(value)} is not {_article(kind)}")
        case Anything():
            return


def _fields(value: Any, wanted: Fields, path: Path) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        yield from check(value, wanted.properties, path)
    else:
        yield Problem(path, f"{_shown(value)} is not an object with {listed(sorted(wanted.properties))}")


def _list(value: Any, item: Type, path: Path) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(path, f"{_shown(value)} is not a list")
        return
    for index, inner in enumerate(value):
        if inner is None:
            yield Problem((*path, index), "null in a list: a value that should be there is not")
        yield from _value(inner, item, (*path, index))


def _map(value: Any, inner: Type, path: Path) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield Problem(path, f"{_shown(value)} is not a map")
        return
    for key, item in value.items():
        yield from _value(item, inner, (*path, key))


def _choice(value: Any, wanted: Choice, path: Path) -> Iterator[Problem]:
    if wanted.closed and value not in wanted.values:
        names = [str(name) for name in wanted.values]
        hint = nearest(str(value), names)
        yield Problem(path, f"{_shown(value)} is not one of {listed(names[:40])}{hint}")
    elif not wanted.closed and not isinstance(value, str):
        yield Problem(path, f"{_shown(value)} is not a text")


def _either(value: Any, options: tuple[Type, ...], path: Path) -> Iterator[Problem]:
    """Accept what any option accepts; else report by the first option of the value's own form."""
    found = [list(_value(value, option, path)) for option in options]
    if all(found):
        yield from next((f for f, o in zip(found, options, strict=True) if isinstance(o, Fields)), found[0])


def _fits(value: Any, kind: str) -> bool:
    """Take what the bridged providers take: they read numbers and booleans out of texts, and write them as texts."""
    match kind:
        case "string":
            return isinstance(value, str | int | float | bool)
        case "boolean":
            return isinstance(value, bool) or value in ("true", "false")
        case "integer":
            return _number(value) and float(value).is_integer()
        case "number":
            return _number(value)
        case _:
            return isinstance(value, Mapping) and _ASSET in value


def _number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    try:
        float(value)
    except ValueError:
        return False
    return True


def _article(kind: str) -> str:
    names = {
        "string": "a text",
        "boolean": "true or false",
        "integer": "a whole number",
        "number": "a number",
    }
    return names.get(kind, "an asset or archive")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
