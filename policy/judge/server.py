"""The process that the engine starts: prints its port, answers until it is told to leave."""

import signal
import sys
import threading
from concurrent import futures
from functools import partial

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from policy.judge.analyzer import Analyzer, BenchMaker
from policy.judge.summary import tell

_MESSAGE_LIMIT = 400 * 1024 * 1024  # the engine's own limit, in bytes: a large stack comes in one message


def serve(make: BenchMaker) -> None:
    """Serve on 127.0.0.1 at a free port until Cancel, SIGINT or SIGTERM. The port is the first line of stdout."""
    leave = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: leave.set())
    # one worker: a run's resources are judged one after the other, so running totals need no lock
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=1),
        options=[("grpc.max_receive_message_length", _MESSAGE_LIMIT)],
    )
    analyzer = Analyzer(make, leave.set, partial(_tell, sys.argv[1:]))
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(analyzer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    leave.wait()
    server.stop(grace=None).wait(timeout=1)


def _tell(arguments: list[str], text: str) -> None:
    # the engine gives its address as the first argument; without one there is nobody to tell
    if arguments:
        tell(arguments[0], text)
