"""The part of the provider protocol that is the same for every provider: greeting, configuration, cancelling.

A provider subclasses Plugin and answers Check, Diff, Create, Read, Update and Delete.
"""

from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from providers.base import wire
from providers.base.diff import changes, respond
from providers.base.errors import nearest
from providers.base.link import Links
from providers.base.resource import Context
from providers.base.secrets import Blotter
from providers.base.values import Bag

ENGINE_OWN = frozenset({"version", "pluginDownloadURL", "pluginChecksums", "__internal"})
"""Provider configuration that the engine itself adds."""


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """A provider's name, version, and its engines."""

    def __init__(self, name: str, version: str, settings: frozenset[str] = frozenset()) -> None:
        self.name = name
        self.version = version
        self.settings = settings
        self.links = Links()

    def context(self, call: grpc.ServicerContext, urn: str, timeout: float, *bags: Bag) -> Context:
        """Make an operation's context; texts that are secret in the bags are blotted out of its log."""
        link, blotter = self.links.of(call.peer()), Blotter(bags)
        return Context(
            urn=urn,
            log=lambda severity, text: link.log(urn, severity, blotter.clean(text)),
            status=lambda text: link.log(urn, "info", blotter.clean(text), ephemeral=True),
            cancelled=link.cancelled,
            timeout=timeout,
        )

    def pack_partial(self, request: Any, state: Any) -> struct_pb2.Struct:
        """Write the state of a PartialFailure for the wire."""
        del request
        return wire.encode(state)

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Remember the engine, and promise to understand secrets and outputs."""
        self.links.connect(context.peer(), request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_outputs=True)

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Remember the engine that attached to a provider it didn't launch."""
        self.links.connect(context.peer(), request.address)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Tell the version."""
        del request, context
        return plugin_pb2.PluginInfo(version=self.version)

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Refuse settings that the provider doesn't have."""
        del context
        answer = provider_pb2.CheckResponse(inputs=request.news)
        for name in request.news.fields:
            if name not in self.settings | ENGINE_OWN:
                known = ", ".join(sorted(self.settings)) or "none"
                reason = f"{self.name} has no such setting{nearest(name, self.settings)}; allowed: {known}"
                answer.failures.add(property=name, reason=reason)
        return answer

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Compare settings; none needs new resources."""
        del context
        found = changes(wire.decode(request.old_inputs), wire.decode(request.news))
        return respond(found, (), frozenset(), delete_first=False)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Promise the same as in the handshake, and real previews."""
        del request, context
        return provider_pb2.ConfigureResponse(acceptSecrets=True, acceptOutputs=True, supportsPreview=True)

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Ask this engine's operations to stop; the process goes on until it is interrupted."""
        del request
        self.links.cancel(context.peer())
        return empty_pb2.Empty()
