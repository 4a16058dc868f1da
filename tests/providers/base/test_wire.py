"""The wire format, against Pulumi's own marshalling."""

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from providers.base import wire
from providers.base.values import UNKNOWN, Secret

KNOWN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
)
BAGS = st.dictionaries(
    st.text(max_size=3),
    st.recursive(
        KNOWN | st.just(UNKNOWN),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            | inner.map(Secret)
        ),
        max_leaves=8,
    ),
    max_size=3,
)


@given(BAGS)
def test_there_and_back(bag: dict[str, object]) -> None:
    """Every bag comes back as it went, marks included."""
    assert wire.decode(wire.encode(bag)) == bag


def test_pulumi_reads_what_we_write() -> None:
    """The Pulumi SDK sees our secret as a secret and our unknown as unknown."""
    read = rpc.deserialize_properties(
        wire.encode({"token": Secret("x"), "later": UNKNOWN}), keep_unknowns=True
    )
    assert rpc.is_rpc_secret(read["token"])
    assert rpc.unwrap_rpc_secret(read["token"]) == "x"
    assert rpc.contains_unknowns(read["later"])


@pytest.mark.parametrize("text", sorted(wire.UNKNOWN_TEXTS))
def test_every_kind_of_unknown(text: str) -> None:
    """The engine has a sentinel per type; all of them are UNKNOWN here."""
    assert wire.decode(struct_pb2.Struct(fields={"x": struct_pb2.Value(string_value=text)})) == {"x": UNKNOWN}


@pytest.mark.parametrize(
    ("output", "value"),
    [
        ({"value": "a"}, "a"),
        ({"value": "a", "secret": True}, Secret("a")),
        ({}, UNKNOWN),
        ({"secret": True}, Secret(UNKNOWN)),
        ({"value": "a", "dependencies": ["urn:pulumi:x"]}, "a"),
    ],
)
def test_output_values(output: dict[str, object], value: object) -> None:
    """An output value is its value, secret if it says so, unknown if it has none."""
    bag = wire.encode({"x": {wire.SIGNATURE: wire.OUTPUT, **output}})
    assert wire.decode(bag) == {"x": value}


def test_assets_travel_unchanged() -> None:
    """What we don't interpret comes back as it came."""
    asset = {wire.SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "hello"}
    assert wire.decode(wire.encode({"x": asset})) == {"x": asset}


def test_whole_numbers_are_int() -> None:
    """The wire has doubles only; 8.0 is 8 again, 1.5 stays."""
    bag = wire.decode(wire.encode({"a": 8.0, "b": 1.5, "c": 1e300}))
    assert [type(number) for number in bag.values()] == [int, float, float]


def test_what_is_no_property_is_refused() -> None:
    """A bug such as a Path in the outputs is told by type."""
    with pytest.raises(TypeError, match="a property can't be a set"):
        wire.encode({"x": {1}})
