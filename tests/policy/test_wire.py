"""From the engine's messages to plain values."""

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as proto

from infra.catalog.values import UNKNOWN, find, get, holds_unknown
from policy.judge import wire
from tests.policy.standin import UNKNOWN as SENTINEL

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270"}
OUTPUT = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}
REFERENCE = {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e"}


def read(**props: Any) -> tuple[Any, frozenset[str]]:
    """Send properties over the wire."""
    bag = Struct()
    bag.update(props)
    return wire.properties(bag)


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        ("text", "text"),
        (8, 8),
        (0.5, 0.5),
        (True, True),
        (None, None),
        ([1, "a"], [1, "a"]),
        ({"a": {"b": 1}}, {"a": {"b": 1}}),
        (SENTINEL, UNKNOWN),
        ({**OUTPUT}, UNKNOWN),
        ({**OUTPUT, "value": 3}, 3),
        ({**REFERENCE, "urn": "urn:x", "id": "i-1"}, "i-1"),
        ({**REFERENCE, "urn": "urn:x"}, "urn:x"),
    ],
)
def test_a_value_arrives_as_python(sent: Any, got: Any) -> None:
    """Whole numbers are integers again, unknown values are UNKNOWN, wrapped ones are unwrapped."""
    assert read(x=sent)[0] == {"x": got}


def test_an_integer_is_no_float() -> None:
    """The wire has floats only; a count of 8 is the integer 8."""
    assert isinstance(read(x=8)[0]["x"], int)


def test_secrets_are_open_and_named() -> None:
    """A rule may read a secret, and learns from its path that it may not print it."""
    props, secrets = read(
        env=[{"name": "A", "value": {**SECRET, "value": "hush"}}], all={**SECRET, "value": {"k": "v"}}
    )
    assert props == {"env": [{"name": "A", "value": "hush"}], "all": {"k": "v"}}
    assert secrets == {"env[0].value", "all"}


def test_an_output_may_be_secret() -> None:
    """The newer wrapping of outputs carries its secrecy in a field."""
    assert read(x={**OUTPUT, "value": "hush", "secret": True}) == ({"x": "hush"}, frozenset({"x"}))


def test_a_resource_of_the_stack_knows_its_sources() -> None:
    """Property dependencies arrive as tuples of URNs."""
    message = proto.AnalyzerResource(type="t", urn="u", name="n", dependencies=["a"])
    message.propertyDependencies["kmsKeyId"].urns.append("a")
    found = wire.in_stack(message)
    assert found.property_dependencies == {"kmsKeyId": ("a",)}
    assert found.provider is None


BAG = {
    "spec": {"containers": [{"image": "a"}, {"image": UNKNOWN}, {}]},
    "tags": {"x": "1", "y": "2"},
    "later": UNKNOWN,
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (
            "spec.containers[*].image",
            [("spec.containers[0].image", "a"), ("spec.containers[1].image", UNKNOWN)],
        ),
        ("spec.containers[0].image", [("spec.containers[0].image", "a")]),
        ("spec.containers[9].image", []),
        ("tags{*}", [("tags.x", "1"), ("tags.y", "2")]),
        ("later.deep.down", [("later", UNKNOWN)]),
        ("nowhere", []),
        ("tags[*]", []),
    ],
)
def test_a_path_finds_values_with_their_places(path: str, found: list[tuple[str, Any]]) -> None:
    """Wildcards give every value; an unknown on the way is found where it stands; what is missing is not found."""
    assert [(one.path, one.value) for one in find(BAG, path)] == found


def test_missing_and_unknown_differ() -> None:
    """`get` says None for what is not there and UNKNOWN for what is not known."""
    assert get(BAG, "nowhere.at.all") is None
    assert get(BAG, "later.deep") is UNKNOWN
    assert holds_unknown(BAG)
    assert not holds_unknown(BAG["tags"])
