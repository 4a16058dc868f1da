"""Serve a provider as the engine expects it: the port first, then silence, then a prompt end."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent import futures
from types import FrameType

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from providers.base.plugin import Plugin

THREADS = 256
"""Calls in flight at most: more than `--parallel` gives, so that Cancel always finds a thread."""

LARGEST_MESSAGE = 400 * 1024 * 1024
"""Bytes; the engine's own limit."""

GRACE = 3.0
"""Seconds for operations to wind up after the request to stop; the engine kills after 5."""


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
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _on_signal(stop))
    server, port = start(plugin)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    _wait(stop)
    plugin.links.cancel_all()
    server.stop(GRACE).wait(GRACE + 1)
    # A handler that still waits must not hold the process: the engine would wait its 5 seconds.
    os._exit(0)


def _on_signal(stop: threading.Event) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    return handle


def _wait(stop: threading.Event) -> None:
    """Wait for the request to stop; an engine that was killed can't ask, so its absence counts too."""
    parent = os.getppid()
    while not stop.wait(1.0):
        if os.getppid() != parent:
            return
