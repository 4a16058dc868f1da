"""The way back to the engine that called: its log, and its wish to stop."""

import threading

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

SEVERITIES = {
    "debug": engine_pb2.DEBUG,
    "info": engine_pb2.INFO,
    "warning": engine_pb2.WARNING,
    "error": engine_pb2.ERROR,
}
LOG_TIMEOUT = 5.0
"""Seconds to wait for the engine to take a line; a lost line never fails an operation."""


class Link:
    """One engine's connection."""

    def __init__(self, engine_address: str = "") -> None:
        self.cancelled = threading.Event()
        self._channel = grpc.insecure_channel(engine_address) if engine_address else None

    def log(self, urn: str, severity: str, text: str, *, ephemeral: bool = False) -> None:
        """Show a line on a resource; an ephemeral one is a passing status."""
        if self._channel is None:
            return
        request = engine_pb2.LogRequest(
            urn=urn, severity=SEVERITIES[severity], message=text, ephemeral=ephemeral
        )
        try:
            engine_pb2_grpc.EngineStub(self._channel).Log(request, timeout=LOG_TIMEOUT)
        except grpc.RpcError:
            return


class Links:
    """The engines that called, by their end of the connection: an attached provider may serve several at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._links: dict[str, Link] = {}

    def connect(self, peer: str, engine_address: str) -> Link:
        """Remember an engine that shook hands."""
        link = Link(engine_address)
        with self._lock:
            self._links[peer] = link
        return link

    def of(self, peer: str) -> Link:
        """Give the engine at the other end of a call."""
        with self._lock:
            if peer not in self._links:
                self._links[peer] = Link()
            return self._links[peer]

    def cancel(self, peer: str) -> None:
        """Tell one engine's operations to stop."""
        self.of(peer).cancelled.set()

    def cancel_all(self) -> None:
        """Tell every operation to stop: the process ends."""
        with self._lock:
            for link in self._links.values():
                link.cancelled.set()

    def any(self) -> bool:
        """Say whether an engine has connected yet."""
        return bool(self._links)
