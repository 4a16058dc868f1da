"""A stand-in for any provider: keeps nothing, echoes inputs, invents ids; served in the test's own process."""

# ruff: noqa: D102, N802 - gRPC names the methods

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the calls of preview, up and destroy; `created` lists what an update really made."""

    def __init__(self, outputs: dict[str, tuple[str, ...]]) -> None:
        self.outputs = outputs
        self.created: list[str] = []

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True)

    def Attach(self, request: Any, context: Any) -> Any:
        return Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="7.51.1")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse()

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Check(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Create(self, request: Any, context: Any) -> Any:
        name = request.urn.rsplit("::", 1)[-1]
        made = Struct()
        made.CopyFrom(request.properties)
        for output in self.outputs.get(request.type, ()):
            made[output] = UNKNOWN if request.preview else f"{output}-of-{name}"
        if not request.preview:
            self.created.append(name)
        return provider_pb2.CreateResponse(id="" if request.preview else f"id-of-{name}", properties=made)

    def Delete(self, request: Any, context: Any) -> Any:
        return Empty()

    def Cancel(self, request: Any, context: Any) -> Any:
        return Empty()


@contextmanager
def serving(standin: StandIn) -> Iterator[int]:
    """Serve a stand-in on a free port of 127.0.0.1."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(standin, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(grace=None).wait(timeout=5)
