"""botocore's service models as judges: values that AWS's own description of a request refuses."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape
from botocore.session import Session

OPEN = "<open>"
"""A value that only the cloud gives."""
SUFFIX = "*******"
"""What a recorded graph has in place of the engine's suffix of a name: hex digits."""
_FILE = Path(__file__).parents[1] / "judged" / "aws_requests.toml"
TABLE: Mapping[str, Mapping[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def model(service: str) -> ServiceModel:
    """Read what botocore knows of a service; EC2's alone takes a second."""
    return Session().get_service_model(service)


@cache
def operations(service: str) -> frozenset[str]:
    """Name every operation of a service."""
    return frozenset(model(service).operation_names)


@cache
def place(request: str) -> StructureShape:
    """Find the structure that `service.Operation/Member.Member` stands for; lists on the way stand for their item."""
    call, _, path = request.partition("/")
    service, operation = call.split(".")
    shape: Shape = model(service).operation_model(operation).input_shape
    for member in path.split(".") if path else ():
        shape = shape.members[member]
        shape = shape.member if isinstance(shape, ListShape) else shape
    assert isinstance(shape, StructureShape), request
    return shape


@dataclass(frozen=True)
class Judge:
    """Judges the inputs of one resource type."""

    token: str
    """The type, for example `aws:kms/key:Key`."""

    @property
    def row(self) -> Mapping[str, Any]:
        """The type's requests and names."""
        return TABLE[self.token]

    def problems(self, inputs: Mapping[str, Any]) -> Iterator[str]:
        """Give one sentence for each thing that AWS would refuse."""
        told = {name: value for name, value in inputs.items() if name not in self.row.get("own", ())}
        given = set(self.row.get("filled", ()))
        places = [place(request) for request in self.row["requests"]]
        for name, value in told.items():
            word = re.sub(f"^(?:{self.row.get('strip', '$^')})", "", name)
            member, shape = next((hit for one in places if (hit := self._member(one, word))), ("", None))
            given.add(member)
            if shape is None:
                yield f"{name}: no request of {', '.join(self.row['requests'])} has such a member"
            else:
                yield from self._value(value, shape, name)
        for request, one in zip(self.row["requests"], places, strict=True):
            parents = {word for other in self.row["requests"] for word in other.partition("/")[2].split(".")}
            yield from (
                f"{request} needs {wanted}"
                for wanted in one.required_members
                if wanted not in given | parents
            )

    def _member(self, shape: StructureShape, name: str) -> tuple[str, Shape] | None:
        wanted = _plain(self.row.get("names", {}).get(name, name))
        hit = next(((key, one) for key, one in shape.members.items() if _plain(key) == wanted), None)
        if hit is None and name == "tags" and "TagSpecifications" in shape.members:
            return "TagSpecifications", shape.members["TagSpecifications"].member.members["Tags"]
        return hit

    def _value(self, value: Any, shape: Shape, where: str) -> Iterator[str]:
        if value == OPEN:
            return
        match shape:
            case ListShape():
                yield from self._list(value, shape, where)
            case MapShape():
                for key, item in value.items():
                    yield from self._value(key, shape.key, f"{where} key {key!r}")
                    yield from self._value(item, shape.value, f"{where}.{key}")
            case StructureShape():
                yield from self._structure(value, shape, where)
            case _:
                yield from _scalar(value, shape, where)

    def _list(self, value: Any, shape: ListShape, where: str) -> Iterator[str]:
        if isinstance(value, Mapping) and _is_tag(shape.member):
            key, text = shape.member.members.values()
            yield from _bounds(value, shape, where)
            for name, content in value.items():
                yield from _scalar(name, key, f"{where} key")
                yield from _scalar(content, text, f"{where}.{name}")
            return
        items = value if isinstance(value, list) else [value]  # lists of one are unwrapped in Pulumi's SDK
        yield from _bounds(items, shape, where)
        for at, item in enumerate(items):
            yield from self._value(item, shape.member, f"{where}[{at}]")

    def _structure(self, value: Any, shape: StructureShape, where: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            value = {next(iter(shape.members)): value}  # a flag or a text in a structure of its own
        given = set()
        for name, item in value.items():
            hit = self._member(shape, name)
            if hit is None:
                yield f"{where}.{name}: {shape.name} has no such member, only {', '.join(shape.members)}"
                continue
            given.add(hit[0])
            yield from self._value(item, hit[1], f"{where}.{name}")
        yield from (
            f"{where}: {shape.name} needs {one}" for one in shape.required_members if one not in given
        )


def _plain(name: str) -> str:
    return name.lower().removesuffix("s")


def _is_tag(shape: Shape) -> bool:
    names = {_plain(name).removeprefix("tag") for name in getattr(shape, "members", ())}
    return names == {"key", "value"}


def _bounds(value: Any, shape: Shape, where: str) -> Iterator[str]:
    size = value if isinstance(value, int | float) else len(value)
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and size < least) or (most is not None and size > most):
        yield f"{where}: {value!r} is out of {shape.name}'s bounds {least} to {most}"


def _scalar(value: Any, shape: Shape, where: str) -> Iterator[str]:
    match shape.type_name:
        case "boolean":
            if value not in (True, False, "true", "false"):
                yield f"{where}: {value!r} is no {shape.name}"
        case "integer" | "long" | "float" | "double":
            if isinstance(value, bool) or not re.fullmatch(r"-?\d+(\.\d+)?", str(value)):
                yield f"{where}: {value!r} is no {shape.name}"
            else:
                yield from _bounds(float(value), shape, where)
        case _ if not isinstance(value, str):
            yield f"{where}: {value!r} is no text"
        case _:
            yield from _text(value, shape, where)


def _text(value: str, shape: Shape, where: str) -> Iterator[str]:
    if isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield f"{where}: {value!r} is none of {shape.name}'s {', '.join(shape.enum)}"
    if OPEN in value:
        return
    value = value.replace(SUFFIX, "0123456")
    yield from _bounds(value, shape, where)
    pattern = shape.metadata.get("pattern")
    if pattern and not re.search(_python(pattern), value):
        yield f"{where}: {value!r} is not of {shape.name}'s form {pattern}"


def _python(pattern: str) -> str:
    r"""Write a pattern of Java's as Python reads it; AWS means the whole text, anchored or not."""
    pattern = re.sub(r"\\p\{(\w+)\}", lambda kind: _CLASSES[kind[1]], pattern)
    return rf"\A(?:{pattern})\Z"


_CLASSES = {"L": r"a-zA-Z\u00c0-\uffff", "Z": r"\s", "N": r"\d"}
"""Unicode's letters, separators and numbers, which Python's `re` has no names for."""
