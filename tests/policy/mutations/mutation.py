"""One defect in a stack that has none."""

import dataclasses
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from policy.model.resource import Resource
from tests.policy.mutations.graph import Made, Stack, urn

Change = Callable[[str, Stack], Stack]
"""From a stack's name and graph to another graph."""


@dataclass(frozen=True)
class Edit:
    """A change of one resource."""

    key: str
    """The resource, as `type::name`."""
    change: Change


@dataclass(frozen=True)
class Mutation:
    """What someone does to a stack, and the one rule that says so."""

    rule: str
    says: str
    """In a few words."""
    change: Change
    at: str
    """The resource that the finding is about; `*` stands for the stack itself."""


def breaks(rule: str, says: str, edit: Edit, at: str = "") -> Mutation:
    """Expect one finding, on the edited resource or on another one."""
    return Mutation(rule, says, edit.change, at or edit.key)


def put(key: str, path: str, value: Any) -> Edit:
    """Set one property of a resource; a path ends at a key or a list's index, as in `rules[0].id`."""
    return _props(key, lambda props: _set(props, _parts(path), value))


def drop(key: str, path: str) -> Edit:
    """Leave one property of a resource away."""
    return _props(key, lambda props: _del(props, _parts(path)))


def text(key: str, path: str, old: str, new: str) -> Edit:
    """Replace a part of a text, such as a policy document."""

    def change(props: dict[str, Any]) -> None:
        parts = _parts(path)
        given = _get(props, parts)
        assert old in given, f"{key} has no {old!r} in {path}"
        _set(props, parts, given.replace(old, new))

    return _props(key, change)


def plain(key: str, path: str) -> Edit:
    """Take the mark of a secret away from one property."""

    def change(_name: str, stack: Stack) -> Stack:
        one = stack[key].resource
        assert path in one.secrets, f"{path} of {key} is no secret"
        return _with(stack, key, dataclasses.replace(one, secrets=one.secrets - {path}))

    return Edit(key, change)


def gone(key: str) -> Edit:
    """Take a resource away."""

    def change(_name: str, stack: Stack) -> Stack:
        assert key in stack, f"there is no {key}"
        return {other: made for other, made in stack.items() if other != key}

    return Edit(key, change)


def bare(key: str) -> Edit:
    """Take the protection of a resource away."""

    def change(_name: str, stack: Stack) -> Stack:
        one = stack[key].resource
        assert one.options.protect, f"{key} is not protected"
        options = dataclasses.replace(one.options, protect=False)
        return _with(stack, key, dataclasses.replace(one, options=options))

    return Edit(key, change)


def more(key: str, props: Mapping[str, Any], **linked: str) -> Edit:
    """Add a resource; `linked` says from which other one a property's value comes."""

    def change(name: str, stack: Stack) -> Stack:
        assert key not in stack, f"there is a {key} already"
        kind, _, own = key.rpartition("::")
        found = Resource(
            urn=urn(name, key),
            type=kind,
            name=own,
            props=dict(props),
            provider=next((one.resource.provider for one in stack.values() if _same_cloud(one, kind)), None),
            property_dependencies={path: (urn(name, source),) for path, source in linked.items()},
        )
        return {**stack, key: Made(found, {})}

    return Edit(key, change)


def both(one: Edit, other: Edit) -> Edit:
    """Make one defect of two properties."""
    return Edit(one.key, lambda name, stack: other.change(name, one.change(name, stack)))


def _same_cloud(one: Made, kind: str) -> bool:
    return one.resource.provider is not None and one.resource.type.startswith(f"{kind.partition(':')[0]}:")


def _props(key: str, change: Callable[[dict[str, Any]], None]) -> Edit:
    def changed(_name: str, stack: Stack) -> Stack:
        one = stack[key].resource
        props = deepcopy(dict(one.props))
        change(props)
        assert props != one.props, f"the mutation changes nothing of {key}"
        return _with(stack, key, dataclasses.replace(one, props=props))

    return Edit(key, changed)


def _with(stack: Stack, key: str, resource: Resource) -> Stack:
    return {**stack, key: Made(resource, stack[key].outputs)}


def _parts(path: str) -> list[str | int]:
    """Part `a.b[0].c`; a key with dots stands in quotes, as in `metadata.labels."x.y/z"`."""
    parts: list[str | int] = []
    rest = path
    while rest:
        if rest.startswith('"'):
            name, _, rest = rest[1:].partition('"')
            parts.append(name)
        elif rest.startswith("["):
            number, _, rest = rest[1:].partition("]")
            parts.append(int(number))
        else:
            cut = min((at for at in (rest.find("."), rest.find("[")) if at >= 0), default=len(rest))
            parts.append(rest[:cut])
            rest = rest[cut:]
        rest = rest.removeprefix(".")
    return parts


def _get(value: Any, parts: list[str | int]) -> Any:
    for part in parts:
        value = value[part]
    return value


def _set(value: Any, parts: list[str | int], leaf: Any) -> None:
    for part in parts[:-1]:
        value = value.setdefault(part, {}) if isinstance(value, dict) else value[part]
    if isinstance(value, list) and parts[-1] == len(value):
        value.append(leaf)
    else:
        value[parts[-1]] = leaf


def _del(value: Any, parts: list[str | int]) -> None:
    del _get(value, parts[:-1])[parts[-1]]
