"""Between the engine's wire format and plain values.

On the wire a property bag is a protobuf Struct. Unknown values are seven agreed texts, one a type; secrets and
output values are objects under a signature key. The constants are those of pulumi/pulumi `pkg/resource/plugin/rpc.go`
and `sdk/go/common/resource/sig`. Assets, archives and resource references travel unchanged as their tagged objects.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import struct_pb2

from providers.base.values import UNKNOWN, Bag, Secret

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_TEXTS: Final = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
LARGEST_EXACT: Final = 2.0**53


def decode(struct: struct_pb2.Struct) -> Bag:
    """Read a property bag from the wire."""
    return {key: _decode(value) for key, value in struct.fields.items()}


def _decode(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "struct_value":
            return _decode_object({key: _decode(inner) for key, inner in value.struct_value.fields.items()})
        case "list_value":
            return [_decode(inner) for inner in value.list_value.values]
        case "string_value":
            return UNKNOWN if value.string_value in UNKNOWN_TEXTS else value.string_value
        case "number_value":
            return _decode_number(value.number_value)
        case "bool_value":
            return value.bool_value
        case _:
            return None


def _decode_number(number: float) -> int | float:
    """Give whole numbers as int: the wire has only doubles."""
    return (
        int(number)
        if math.isfinite(number) and number.is_integer() and abs(number) <= LARGEST_EXACT
        else number
    )


def _decode_object(value: Bag) -> Any:
    match value.get(SIGNATURE):
        case str(signature) if signature == SECRET:
            return Secret(value.get("value"))
        case str(signature) if signature == OUTPUT:
            inner = value.get("value", UNKNOWN)
            return Secret(inner) if value.get("secret") else inner
        case _:
            return value


def encode(bag: Mapping[str, Any]) -> struct_pb2.Struct:
    """Write a property bag for the wire."""
    return struct_pb2.Struct(fields={key: _encode(value) for key, value in bag.items()})


def _encode(value: Any) -> struct_pb2.Value:
    match value:
        case None:
            return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
        case _ if value is UNKNOWN:
            return struct_pb2.Value(string_value=UNKNOWN_TEXT)
        case Secret(value=inner):
            return struct_pb2.Value(struct_value=encode({SIGNATURE: SECRET, "value": inner}))
        case bool():
            return struct_pb2.Value(bool_value=value)
        case int() | float():
            return struct_pb2.Value(number_value=value)
        case str():
            return struct_pb2.Value(string_value=value)
        case Mapping():
            return struct_pb2.Value(struct_value=encode(value))
        case list() | tuple():
            return struct_pb2.Value(list_value=struct_pb2.ListValue(values=map(_encode, value)))
        case _:
            raise TypeError(f"a property can't be a {type(value).__name__}")
