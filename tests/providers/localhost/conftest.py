"""Operations without an engine, and small programs to supervise."""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
import pytest

from providers.base.resource import Context
from providers.localhost.process import tree

URN = "urn:pulumi:dev::trial::localhost:index:Trial::one"


@dataclass
class Said:
    """What an operation told the engine."""

    logs: list[tuple[str, str]] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)

    def context(self, urn: str = URN, timeout: float = 0.0) -> Context:
        """Give the context of one operation."""

        def log(severity: str, text: str) -> None:
            self.logs.append((severity, text))

        return Context(urn, log, self.statuses.append, self.cancelled, timeout)


@pytest.fixture
def said() -> Said:
    """Give the engine's side of an operation."""
    return Said()


@pytest.fixture
def python() -> Callable[[str], list[str]]:
    """Give the command that runs a piece of Python."""
    return lambda code: [sys.executable, "-S", "-c", code]


SERVER = """
import http.server, os, pathlib, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()
    def log_message(self, *args):
        pass
def drain(*_):
    pathlib.Path("drained").write_text("yes")
    sys.exit(0)
signal.signal(signal.SIGTERM, drain)
server = http.server.HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
print("listening", flush=True)
server.serve_forever()
"""


@pytest.fixture
def server(python: Callable[[str], list[str]]) -> list[str]:
    """Give the command of a small web server that notes when it was drained."""
    return python(SERVER)


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Give a way to wait until something is true."""

    def wait(condition: Callable[[], object]) -> None:
        tick = threading.Event()
        for _ in range(600):
            if condition():
                return
            tick.wait(0.05)
        raise AssertionError(f"still not true after 30 seconds: {condition}")

    return wait


@pytest.fixture
def kill() -> Callable[[int | None], None]:
    """Give a way to kill a process as hard as can be, and see it gone."""

    def act(pid: int | None) -> None:
        assert pid is not None
        process = psutil.Process(pid)
        process.kill()
        tree._wait([process], 10)

    return act
