"""A recorded graph, as judges see it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct

from infra.catalog.values import Value
from policy.judge import wire
from policy.model.resource import Options, Provider, Resource

GRAPHS = Path(__file__).with_name("graphs")
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"


@dataclass(frozen=True)
class Made:
    """One resource with what its provider answered."""

    resource: Resource
    outputs: Mapping[str, Value]


Stack = Mapping[str, Made]
"""Resources by `type::name`, in the engine's order."""


@cache
def stack(name: str) -> Stack:
    """Read the graph of a stack."""
    lines = (GRAPHS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    entries = {f"{entry['type']}::{entry['name']}": entry for entry in map(json.loads, lines)}
    return {key: _made(name, entry, entries) for key, entry in entries.items()}


def urn(name: str, key: str) -> str:
    """Give the URN of a resource by its key."""
    return f"urn:pulumi:{name}::causeway::{key}"


def bag(given: Mapping[str, Any]) -> tuple[Mapping[str, Value], frozenset[str]]:
    """Read a property bag: plain values, and the paths of those that are secret."""
    return wire.properties(ParseDict(dict(given), Struct()))


def _made(name: str, entry: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> Made:
    props, secrets = bag(entry.get("inputs", {}))
    linked = entry.get("linked", {})
    resource = Resource(
        urn=urn(name, f"{entry['type']}::{entry['name']}"),
        type=entry["type"],
        name=entry["name"],
        props=props,
        options=Options(protect=entry.get("protect", False)),
        provider=_provider(entries.get(entry.get("provider", ""))),
        parent=urn(name, entry["parent"]) if "parent" in entry else "",
        property_dependencies={key: tuple(urn(name, one) for one in urns) for key, urns in linked.items()},
        secrets=secrets,
    )
    return Made(resource, bag(entry.get("outputs", {}))[0])


def _provider(entry: Mapping[str, Any] | None) -> Provider | None:
    return Provider(entry["type"], entry["name"], bag(entry.get("inputs", {}))[0]) if entry else None
