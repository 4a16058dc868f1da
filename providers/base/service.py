"""The provider protocol for typed resources: finds the type, unpacks, calls it, packs."""

from collections.abc import Iterable
from typing import Any, TypeAlias, TypeVar

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2
from pydantic import ValidationError

from providers.base import schema, wire
from providers.base.diff import changes, respond
from providers.base.errors import ProviderError, nearest
from providers.base.examine import examine, wire_names
from providers.base.failures import answering, check_failure
from providers.base.plugin import Plugin
from providers.base.resource import Inputs, Resource
from providers.base.secrets import conceal
from providers.base.values import UNKNOWN, Bag, Secret, dotted, has_unknown, mark_like, plain

AnyResource: TypeAlias = Resource[Any, Any]
M = TypeVar("M", bound=Inputs)


class Service(Plugin):
    """A provider made of Resource types."""

    def __init__(self, name: str, version: str, resources: Iterable[AnyResource]) -> None:
        super().__init__(name, version)
        self.resources = {resource.token: resource for resource in resources}

    def resource(self, token: str) -> AnyResource:
        """Find a type by token."""
        if token not in self.resources:
            known = ", ".join(sorted(self.resources))
            hint = nearest(token, self.resources)
            raise ProviderError(f"{self.name} has no resource type {token}{hint}; it has {known}")
        return self.resources[token]

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """Describe every type, from the models and the strings under their fields."""
        del request, context
        return provider_pb2.GetSchemaResponse(schema=schema.write(self.name, self.version, self.resources))

    @answering
    def Check(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Validate what is known, fill in defaults, and tell every mistake at once."""
        resource, given = self.resource(request.type), wire.decode(request.news)
        checked, problems = examine(resource.inputs, given)
        if not problems and not has_unknown(checked):
            ctx = self.context(context, request.urn, 0.0, given)
            problems = resource.check(ctx, resource.inputs.model_validate(plain(checked)))
        failures = [check_failure(problem, given) for problem in problems]
        return provider_pb2.CheckResponse(inputs=wire.encode(checked), failures=failures)

    @answering
    def Diff(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Compare old and new inputs, and ask the type for drift."""
        resource = self.resource(request.type)
        old, new, outputs = (wire.decode(bag) for bag in (request.old_inputs, request.news, request.olds))
        drifted: list[str] = []
        # a creation that was cut off is adopted without outputs: until a refresh reads them nothing has drifted
        if outputs and not has_unknown(new):
            ctx = self.context(context, request.urn, 0.0, outputs, new)
            drifted = resource.diff(ctx, _parse(resource.state, outputs), _parse(resource.inputs, new))
        return respond(
            changes(old, new), drifted, resource.replace_on, delete_first=resource.delete_before_replace
        )

    @answering
    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        """Make the resource; in a preview, tell what is known of it."""
        resource, given = self.resource(request.type), wire.decode(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=wire.encode(_foreseen(resource, given, {}, {})))
        ctx = self.context(context, request.urn, request.timeout, given)
        created = resource.create(ctx, _parse(resource.inputs, given))
        return provider_pb2.CreateResponse(
            id=created.id, properties=wire.encode(_marked(resource, created.state, given))
        )

    @answering
    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        """Look at the resource, for a refresh (state is given) or an import (only the id is)."""
        resource = self.resource(request.type)
        state, inputs = wire.decode(request.properties), wire.decode(request.inputs)
        ctx = self.context(context, request.urn, request.timeout, state, inputs)
        known = _parse(resource.state, state) if state else None
        found = resource.read(ctx, request.id, known)
        if found is None:
            return provider_pb2.ReadResponse()
        # an import tells no marks; of a creation that was cut off, and so has no state yet, its inputs do
        unmarked = {**dict.fromkeys(resource.secret_when_imported, Secret(None)), **inputs}
        seen = _marked(resource, found, state or unmarked)
        live = _live_inputs(resource, inputs, state, seen)
        return provider_pb2.ReadResponse(
            id=request.id, properties=wire.encode(seen), inputs=wire.encode(live)
        )

    @answering
    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        """Bring the resource to the new inputs; in a preview, tell what is known of it."""
        resource = self.resource(request.type)
        olds, news, asked = map(wire.decode, (request.olds, request.news, request.old_inputs))
        if request.preview:
            return provider_pb2.UpdateResponse(properties=wire.encode(_foreseen(resource, news, asked, olds)))
        ctx = self.context(context, request.urn, request.timeout, olds, news)
        state = _parse(resource.state, olds)
        updated = resource.update(ctx, request.id, state, _parse(resource.inputs, news))
        return provider_pb2.UpdateResponse(properties=wire.encode(_marked(resource, updated, news)))

    @answering
    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Remove the resource."""
        resource, olds = self.resource(request.type), wire.decode(request.properties)
        ctx = self.context(context, request.urn, request.timeout, olds)
        resource.delete(ctx, request.id, _parse(resource.state, olds))
        return empty_pb2.Empty()

    def pack_partial(self, request: Any, state: Any) -> struct_pb2.Struct:
        """Write a half-made resource's state, with the marks of the request's inputs."""
        given = request.news if isinstance(request, provider_pb2.UpdateRequest) else request.properties
        return wire.encode(_marked(self.resource(request.type), state, wire.decode(given)))


def _parse(model: type[M], bag: Bag) -> M:
    """Read a checked bag; properties of another version of the provider are left out."""
    names = frozenset(wire_names(model))
    try:
        return model.model_validate({name: value for name, value in plain(bag).items() if name in names})
    except ValidationError as error:
        wrong = ", ".join(dotted(detail["loc"]) for detail in error.errors())
        raise ProviderError(f"the state can't be read as {model.__name__}: {wrong}") from None


def _marked(resource: AnyResource, state: Inputs, given: Bag) -> Bag:
    """Write a state with the secret marks of what was given, where its secrets turn up, and of the type itself."""
    bag = conceal(mark_like(given, state.bag()), given)
    hidden = {name: Secret(plain(bag[name])) for name in resource.secret_outputs if name in bag}
    return {**bag, **hidden}


def _foreseen(resource: AnyResource, given: Bag, asked: Bag, old: Bag) -> Bag:
    """Write what a preview knows of a state: the inputs, and on an update what stays; the rest is unknown."""
    computed = frozenset(wire_names(resource.state)) - frozenset(wire_names(resource.inputs))
    moved = any(given.get(name) != asked.get(name) for name in resource.filled_in)
    stays = {name: old[name] for name in resource.stable_outputs if name in old and not moved}
    return {**given, **dict.fromkeys(computed | resource.filled_in, UNKNOWN), **stays}


def _live_inputs(resource: AnyResource, inputs: Bag, state: Bag, seen: Bag) -> Bag:
    """Give the inputs that would make what was seen: as they were, except where the resource drifted."""
    names = [name for name in wire_names(resource.inputs) if name in seen]
    same = {name for name in names if name in inputs and plain(state.get(name)) == plain(seen[name])}
    return {name: inputs[name] if name in same else seen[name] for name in names}
