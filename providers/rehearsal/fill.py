"""Make up what the cloud would compute: ids, ARNs, endpoints, and a value for every promised output."""

import re
import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from providers.base.values import UNKNOWN, Bag, Secret, plain
from providers.rehearsal.schema import Anything, Choice, Either, Fields, ListOf, MapOf, Property, Scalar, Type

_FIELD = re.compile(r"\{([A-Za-z][\w.]*)\}")
_HEX = re.compile(r"(hex|HEX)(\d+)")


class Filler:
    """Fills the templates of one resource.

    Args:
        values: What is known: region, account, the resource's inputs under `in.<name>`.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def learn(self, name: str, value: str) -> None:
        """Make one more value known."""
        self._values[name] = value

    def fill(self, template: Any) -> Any:
        """Fill a template, or every template in a list or map."""
        if isinstance(template, str):
            return _FIELD.sub(lambda found: self._field(found[1]), template)
        if isinstance(template, Mapping):
            return {key: self.fill(inner) for key, inner in template.items()}
        if isinstance(template, list):
            return [self.fill(inner) for inner in template]
        return template

    def _field(self, name: str) -> str:
        if name in self._values:
            return self._values[name]
        if name.startswith("in."):
            return ""
        fresh = _fresh(name.partition(".")[0])
        if "." in name:  # {hex17.a} is the same number wherever it stands in one resource
            self._values[name] = fresh
        return fresh


def _fresh(kind: str) -> str:
    if found := _HEX.fullmatch(kind):
        digits = secrets.token_hex((int(found[2]) + 1) // 2)[: int(found[2])]
        return digits.upper() if found[1] == "HEX" else digits
    match kind:
        case "uuid":
            return str(uuid.uuid4())
        case "byte":
            return str(1 + secrets.randbelow(254))
        case "now":
            return datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            raise KeyError(f"a template asks for {{{kind}}}, which nothing fills")


def known_texts(inputs: Bag) -> dict[str, str]:
    """The plain top-level inputs as template values."""
    return {f"in.{key}": str(value) for key, value in plain(inputs).items() if isinstance(value, str | int)}


def promised(outputs: Mapping[str, Property], given: Bag, make: Callable[[Property], Any]) -> Bag:
    """A value for every output that the SDK promises and nothing gives yet."""
    return {
        name: make(wanted)
        for name, wanted in outputs.items()
        if wanted.required and given.get(name) is None and name not in {"id", "urn"}
    }


def unknown(_: Property) -> Any:
    """What a preview says of a computed output."""
    return UNKNOWN


def stand_in(name: str, wanted: Type, depth: int = 0) -> Any:
    """A harmless value of a type, for outputs that no row describes."""
    match wanted:
        case Scalar("string"):
            return f"{_kebab(name)}-{secrets.token_hex(4)}"
        case Scalar("boolean"):
            return False
        case Scalar("integer") | Scalar("number"):
            return 0
        case Choice(values=values):
            return values[0] if values else ""
        case ListOf():
            return []
        case Either(options=options):
            return stand_in(name, options[0], depth)
        case Fields() if depth < 4:
            return {
                key: stand_in(key, inner.type, depth + 1)
                for key, inner in wanted.properties.items()
                if inner.required
            }
        case MapOf() | Anything() | Fields() | Scalar():
            return {}


def conform(value: Any, wanted: Type) -> Any:
    """Give an input the form of its output, where the two differ: ARM takes lists of ids and gives maps by id."""
    if isinstance(value, Secret):
        return Secret(conform(value.value, wanted))
    if isinstance(wanted, MapOf) and isinstance(value, list):
        if any(item is UNKNOWN for item in value):
            return UNKNOWN
        return {str(plain(item)): stand_in("", wanted.value) for item in value}
    if isinstance(wanted, Fields) and isinstance(value, Mapping):
        known = wanted.properties
        return {key: conform(item, known[key].type) if key in known else item for key, item in value.items()}
    if isinstance(wanted, ListOf) and isinstance(value, list):
        return [conform(item, wanted.item) for item in value]
    return value


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", name).lower()
