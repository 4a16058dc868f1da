"""Serve a provider as the engine expects it: the port first, then silence, then a prompt end."""

import os
import signal
import sys
import time
from concurrent import futures

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from providers.base.plugin import Plugin
from providers.base.signals import Signals

THREADS = 256
"""Calls in flight at most: more than `--parallel` gives, so that Cancel always finds a thread."""

LARGEST_MESSAGE = 400 * 1024 * 1024
"""Bytes; the engine's own limit."""

GRACE = 3.0
"""Seconds for operations to wind up after the request to stop; the engine kills after 5."""


FIRST_CALL = 60.0
"""Seconds in which an engine greets the provider that it launched."""

PARENT_CHECK = 1.0
"""Seconds between looks at whether the engine still lives."""


def start(plugin: Plugin, port: int = 0) -> tuple[grpc.Server, int]:
    """Listen on loopback only; give the running server and its port (0 takes a free one)."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix=plugin.name),
        options=[
            ("grpc.max_receive_message_length", LARGEST_MESSAGE),
            ("grpc.max_send_message_length", LARGEST_MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(plugin, server)
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, bound


def serve(plugin: Plugin) -> None:
    """Serve until SIGINT, SIGTERM or the engine's death, then end the process."""
    engine, signals = Engine(plugin), Signals(signal.SIGINT, signal.SIGTERM)
    server, port = start(plugin)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while not signals.wait(PARENT_CHECK) and engine.alive():
        pass
    plugin.links.cancel_all()
    server.stop(GRACE).wait(GRACE + 1)
    # A handler that still waits must not hold the process: the engine would wait its 5 seconds.
    os._exit(0)


class Engine:
    """The process that launched this one; when it was killed it can't ask us to stop, so its absence counts too."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin
        self._parent = os.getppid()
        self._first_call = time.monotonic() + FIRST_CALL

    def alive(self) -> bool:
        """Say whether the parent lives; one that never called may have died before we could know it."""
        called = self._plugin.links.any() or time.monotonic() < self._first_call
        return os.getppid() == self._parent and called
