"""Azure's own clients as judges of what we would ask Azure for.

The packages azure-mgmt-* are generated from the descriptions of Azure's services: which properties there are, which of
them are read-only or required, closed sets of values, patterns, bounds, rules of names. A declared resource is handed
to the client of its service, whose transport keeps the request instead of sending it.
"""

import importlib
import inspect
import json
import re
import sys
import tomllib
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

TABLE: Mapping[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "judged" / "azure_requests.toml").read_text(encoding="utf-8")
)
SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"


class _Sent(Exception):  # noqa: N818 - not an error: it carries a request to who asked for it
    def __init__(self, request: Any) -> None:
        self.body = json.loads((request.body if hasattr(request, "body") else request.content) or "{}")
        split = urlsplit(request.url)
        self.version, self.path = parse_qs(split.query)["api-version"][0], unquote(split.path)


class _Keeper:
    """A transport that hands back what it was to send."""

    def __enter__(self) -> typing.Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was opened."""

    def send(self, request: Any, **_: Any) -> None:
        raise _Sent(request)


class _Nobody:
    """A credential that opens nothing."""

    def get_token(self, *_: str, **__: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken("nothing", 2**40)


class Place(NamedTuple):
    """Where a property of a model lies in the body."""

    attribute: str
    keys: tuple[str, ...]
    """Levels of the body; the engine's package leaves out the level `properties`."""
    kind: str
    """Its type, as the model writes it."""


@dataclass(frozen=True)
class Judged:
    """What a client says of a resource."""

    complaints: list[str]
    """What it has against it; nothing when it would send exactly what was declared."""
    version: str
    """The version of the API that it speaks; empty when it sent nothing."""
    path: str = ""
    """Where it sends the request, which is the resource's id; empty when it sent nothing."""


def judge(token: str, inputs: Mapping[str, Any]) -> Judged:
    """Let Azure's client write the request that makes a resource.

    Args:
        token: The type, for example `azure-native:storage:StorageAccount`.
        inputs: The declared properties, as the engine keeps them.
    """
    method = _operation(TABLE["operations"][token])
    names, parameter, model = _parameters(method)
    whole = {**TABLE["made_up"].get(token, {}), **inputs}
    given = {names[name.lower()]: value for name, value in whole.items() if name.lower() in names}
    outside = {*TABLE["fixed"], *(name for name in inputs if name.lower() in names)}
    found: list[str] = []
    body = _body(model, {name: value for name, value in inputs.items() if name not in outside}, "", found)
    if missing := [f"{name}: is missing" for name in names.values() if name not in given]:
        return Judged([*found, *missing], "")
    try:
        given[parameter] = model.deserialize(body)
    except Exception as error:  # noqa: BLE001 - whatever the model raises is what it has against the body
        return Judged([*found, f"{error}"], "")
    told = _sent(method, given, body)
    return Judged([*found, *told.complaints], told.version, told.path)


@cache
def _operation(name: str) -> Any:
    package, client, group, operation = name.split(".")
    made = getattr(importlib.import_module(f"azure.mgmt.{package}"), client)
    return getattr(getattr(made(_Nobody(), SUBSCRIPTION, transport=_Keeper()), group), operation)


def _parameters(method: Any) -> tuple[dict[str, str], str, Any]:
    """Give the operation's names of what lies in the address, by their letters, and its body's name and model."""
    names, body, model = {}, "", None
    for name, parameter in inspect.signature(method).parameters.items():
        models = [kind for kind in typing.get_args(parameter.annotation) if hasattr(kind, "_attribute_map")]
        if models:
            body, model = name, models[0]
        elif parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            names[name.replace("_", "")] = name
    return names, body, model


@cache
def _places(model: Any) -> dict[str, Place]:
    """Give each property's place by its name on the wire, and by the name that clients are to use instead."""
    found = {}
    for attribute, spec in model._attribute_map.items():
        keys = tuple(key.replace("\\.", ".") for key in re.split(r"(?<!\\)\.", spec["key"]))
        found[_camel(attribute)] = found[keys[-1]] = Place(attribute, keys, spec["type"])
    return found


def _camel(attribute: str) -> str:
    first, *others = attribute.split("_")
    return first + "".join(word.capitalize() for word in others)


def _body(model: Any, value: Mapping[str, Any], path: str, found: list[str]) -> dict[str, Any]:
    """Give the body of a request; what the model has against it is noted."""
    body: dict[str, Any] = {}
    places = _places(model)
    for name, inner in value.items():
        if name not in places:
            found.append(f"{path}{name}: no such property of {model.__name__}")
            continue
        where = places[name]
        found += _against(model, where.attribute, inner, f"{path}{name}")
        level = body
        for key in where.keys[:-1]:
            level = level.setdefault(key, {})
        level[where.keys[-1]] = _value(model, where.kind, inner, f"{path}{name}", found)
    given = {places[name].attribute for name in value if name in places}
    found += [f"{path}{_camel(name)}: is missing" for name in _required(model) if name not in given]
    return body


def _required(model: Any) -> list[str]:
    """Name what a model needs and does not fill in by itself."""
    rules = model._validation.items()
    needed = [name for name, rule in rules if rule.get("required") and not rule.get("readonly")]
    return [name for name in needed if getattr(model, name, None) is None]


def _value(model: Any, kind: str, value: Any, path: str, found: list[str]) -> Any:
    """Give a value as it is sent; identities are a list to the engine and a map to Azure."""
    if kind.startswith("{") and isinstance(value, list):
        return {item: {} for item in value}
    if kind.startswith("[") and isinstance(value, list):
        return [_value(model, kind[1:-1], item, f"{path}[{at}]", found) for at, item in enumerate(value)]
    if kind.startswith("{") and isinstance(value, dict):
        return {key: _value(model, kind[1:-1], item, f"{path}.{key}", found) for key, item in value.items()}
    inner = getattr(sys.modules[model.__module__], kind, None)
    return _body(inner, value, f"{path}.", found) if inner and isinstance(value, dict) else value


def _against(model: Any, attribute: str, value: Any, path: str) -> Iterator[str]:
    rules = model._validation.get(attribute, {})
    if rules.get("readonly"):
        yield f"{path}: is read-only"
    yield from _broken(rules, value, path)
    known = _closed(model).get(attribute, [])
    given = value if isinstance(value, list) else [value]
    yield from (
        f"{path}: {one!r} is none of {', '.join(known)}" for one in given if known and one not in known
    )


@cache
def _closed(model: Any) -> dict[str, list[str]]:
    """Give the closed sets of values that the model's documentation names."""
    names = re.findall(r":vartype (\w+): (?:list\[)?str or ~[\w.]+\.models\.(\w+)", model.__doc__ or "")
    home = importlib.import_module(model.__module__.rpartition(".")[0])
    return {attribute: [member.value for member in getattr(home, name)] for attribute, name in names}


def _broken(rules: Mapping[str, Any], value: Any, path: str) -> Iterator[str]:
    """Judge by the SDK's own predicates; each is true for a value that breaks its rule."""
    from azure.mgmt.network._serialization import Serializer

    for rule, wanted in rules.items():
        breaks = Serializer.validation.get(rule)
        if breaks is not None and breaks(value, wanted):
            yield f"{path}: {value!r} breaks {rule} {wanted!r}"


def _sent(method: Any, given: Mapping[str, Any], body: dict[str, Any]) -> Judged:
    """Let the client write the request; what it leaves out, Azure would never hear."""
    broken: list[str] = []
    serializer = sys.modules[method.__module__]._SERIALIZER
    plain = type(serializer).url

    def strict(name: str, data: Any, data_type: str, **rules: Any) -> str:
        broken.extend(_broken(rules, data, name))
        return str(plain(serializer, name, data, data_type, **rules))

    serializer.url = strict
    try:
        method(**given)
    except _Sent as sent:
        return Judged([*broken, *_lost(body, sent.body, "")], sent.version, sent.path)
    finally:
        del serializer.url
    raise AssertionError("the client sent nothing")


def _lost(wanted: Any, sent: Any, path: str) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(sent, dict):
        yield from (f"{path}{key}: is not sent" for key in wanted if key not in sent)
        for key in wanted.keys() & sent.keys():
            yield from _lost(wanted[key], sent[key], f"{path}{key}.")
    elif wanted != sent:
        yield f"{path.rstrip('.')}: {wanted!r} is sent as {sent!r}"
