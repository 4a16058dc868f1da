"""Plain property values with two marks: not known yet, and secret.

A property bag is a dict of JSON values (None, bool, int, float, str, list, dict) in which any value may be UNKNOWN
or wrapped in Secret. Everything that is not the wire speaks in these.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Bag: TypeAlias = dict[str, Any]
"""Properties by wire name."""

Path: TypeAlias = tuple[str | int, ...]
"""Where a value is: keys and indexes from the top."""


class Unknown:
    """The type of UNKNOWN; of no type that a validator might take for a value."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __copy__(self) -> "Unknown":
        return self

    def __deepcopy__(self, memo: object) -> "Unknown":
        return self


UNKNOWN: Final = Unknown()
"""A value that only the update itself will tell."""


@dataclass(frozen=True)
class Secret:
    """A value that state encrypts and that no message may show."""

    value: Any = field(repr=False)


def plain(value: Any) -> Any:
    """Give the value without its secret marks; UNKNOWN stays."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def has_unknown(value: Any) -> bool:
    """Say whether anything in the value is UNKNOWN."""
    return any(leaf is UNKNOWN for _, leaf in leaves(value))


def has_secret(value: Any) -> bool:
    """Say whether anything in the value is marked secret."""
    if isinstance(value, Mapping):
        return any(map(has_secret, value.values()))
    return isinstance(value, Secret) or (isinstance(value, list) and any(map(has_secret, value)))


def leaves(value: Any, path: Path = (), *, opened: bool = True) -> Iterator[tuple[Path, Any]]:
    """Walk over the ends of a value, secrets opened or as ends themselves."""
    if isinstance(value, Secret) and opened:
        yield from leaves(value.value, path)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key), opened=opened)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index), opened=opened)
    else:
        yield path, value


def secret_texts(value: Any, secret: bool = False) -> Iterator[str]:
    """Walk over every text that stands under a secret mark."""
    if isinstance(value, Secret):
        yield from secret_texts(value.value, secret=True)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from secret_texts(inner, secret)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from secret_texts(inner, secret)
    elif secret and isinstance(value, str):
        yield value


def mark_like(template: Any, value: Any) -> Any:
    """Give `value` the secret marks that `template` carries at the same places.

    Lists are followed by index. A place that only the template has is dropped, one that only the value has stays plain.
    """
    if isinstance(template, Secret):
        return Secret(plain(value))
    if isinstance(template, Mapping) and isinstance(value, Mapping):
        return {key: mark_like(template.get(key), inner) for key, inner in value.items()}
    if isinstance(template, list) and isinstance(value, list):
        marks = [*template, *[None] * (len(value) - len(template))]
        return [mark_like(mark, inner) for mark, inner in zip(marks, value, strict=False)]
    return value


def at(bag: Any, path: Path) -> Any:
    """Follow a path as far as it leads, and give what is there."""
    for step in path:
        bag = bag.value if isinstance(bag, Secret) else bag
        inside = isinstance(bag, Mapping) and step in bag
        inside = inside or (isinstance(bag, list) and isinstance(step, int) and 0 <= step < len(bag))
        if not inside:
            return bag
        bag = bag[step]
    return bag


def dotted(path: Path) -> str:
    """Write a path as Pulumi does: `environment.HOME`, `command[0]`, `labels["data.class"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.replace("_", "").replace("-", "").isalnum():
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text
