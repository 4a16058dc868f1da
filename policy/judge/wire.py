"""From the engine's messages to plain resources. Unknown values become `UNKNOWN` and stay values: nothing raises."""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.struct_pb2 import Struct
from google.protobuf.struct_pb2 import Value as Wire
from pulumi.runtime.proto import analyzer_pb2 as proto

from infra.catalog.values import UNKNOWN, Value
from policy.model.resource import Options, Provider, Resource

# the signatures of the engine's wire format: sdk/go/common/resource/properties.go of pulumi/pulumi
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the name of a wire signature
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWNS: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


def analyzed(request: proto.AnalyzeRequest) -> Resource:
    """Read the resource of an Analyze or Remediate call: inputs only, no dependencies."""
    props, secrets = properties(request.properties)
    return Resource(
        urn=request.urn,
        type=request.type,
        name=request.name,
        props=props,
        options=_options(request.options),
        provider=_provider(request.provider) if request.HasField("provider") else None,
        parent=request.options.parent,
        secrets=secrets,
    )


def in_stack(message: proto.AnalyzerResource) -> Resource:
    """Read a resource of an AnalyzeStack call: its dependencies, and in `props` what the engine holds at the end."""
    props, secrets = properties(message.properties)
    return Resource(
        urn=message.urn,
        type=message.type,
        name=message.name,
        props=props,
        options=_options(message.options),
        provider=_provider(message.provider) if message.HasField("provider") else None,
        parent=message.parent,
        dependencies=tuple(message.dependencies),
        property_dependencies={key: tuple(entry.urns) for key, entry in message.propertyDependencies.items()},
        secrets=secrets,
    )


def properties(struct: Struct) -> tuple[Mapping[str, Value], frozenset[str]]:
    """Read a property bag: plain values, and the paths of those that are secret."""
    secrets: set[str] = set()
    return {key: _value(item, key, secrets) for key, item in struct.fields.items()}, frozenset(secrets)


def _value(item: Wire, path: str, secrets: set[str]) -> Value:
    kind = item.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if item.string_value in _UNKNOWNS else item.string_value
    if kind == "number_value":
        return int(item.number_value) if item.number_value.is_integer() else item.number_value
    if kind == "bool_value":
        return item.bool_value
    if kind == "list_value":
        return [_value(inner, f"{path}[{at}]", secrets) for at, inner in enumerate(item.list_value.values)]
    if kind == "struct_value":
        return _struct(item.struct_value, path, secrets)
    return None


def _struct(struct: Struct, path: str, secrets: set[str]) -> Value:
    fields = struct.fields
    signature = fields[_SIGNATURE].string_value if _SIGNATURE in fields else ""
    if signature == _SECRET:
        secrets.add(path)
        return _value(fields["value"], path, secrets)
    if signature == _OUTPUT:
        if "secret" in fields and fields["secret"].bool_value:
            secrets.add(path)
        return _value(fields["value"], path, secrets) if "value" in fields else UNKNOWN
    if signature == _REFERENCE:
        return _reference(fields, path, secrets)
    return {key: _value(inner, f"{path}.{key}", secrets) for key, inner in fields.items()}


def _reference(fields: Any, path: str, secrets: set[str]) -> Value:
    # a property that holds a whole resource: what names it is its id, or its URN when it is a component
    return _value(fields["id"], path, secrets) if "id" in fields else fields["urn"].string_value


def _options(options: proto.AnalyzerResourceOptions) -> Options:
    return Options(options.protect, options.deleteBeforeReplace, tuple(options.ignoreChanges))


def _provider(provider: proto.AnalyzerProviderResource) -> Provider:
    return Provider(provider.type, provider.name, properties(provider.properties)[0])
