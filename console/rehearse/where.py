"""Where in the program a refused resource stands.

The engine tells no source line with a refusal, but its log of gRPC calls carries the position of every registration.
So after a failure one more preview runs with that log going into a pipe: nothing of it reaches a disk.
"""

import json
import os
import tempfile
import threading
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pulumi import automation
from pulumi.automation.errors import CommandError

_REGISTER = b'"method":"/pulumirpc.ResourceMonitor/RegisterResource"'
_PAUSE = 0.01
"""Seconds between two looks into an empty pipe."""


def locate(stack: automation.Stack, urns: Collection[str], **options: Any) -> Mapping[str, str]:
    """Give `file:line` for resources, by URN; a raw resource that has no class of its own has no position."""
    wanted = {tuple(urn.split("::")[-2:]): urn for urn in urns}
    variables = dict(stack.workspace.env_vars)
    with tempfile.TemporaryDirectory() as folder:
        pipe = Path(folder) / "calls"
        os.mkfifo(pipe, 0o600)
        reader = _Reader(pipe)
        stack.workspace.env_vars = {**variables, "PULUMI_DEBUG_GRPC": str(pipe)}
        try:
            stack.preview(**options)
        except CommandError:
            pass  # it fails as before; only the calls count
        finally:
            stack.workspace.env_vars = variables
            reader.stop()
    root = Path(stack.workspace.work_dir).resolve()
    found = {}
    for request in reader.registered:
        own = request["type"].rpartition("$")[2], request["name"]
        urn = next(
            (urn for (kind, name), urn in wanted.items() if (kind.rpartition("$")[2], name) == own), ""
        )
        if urn and (place := _position(request, root)):
            found[urn] = place
    return found


def _position(request: Mapping[str, Any], root: Path) -> str:
    """The innermost frame in the project's own files."""
    frames = [frame.get("pc") or {} for frame in request.get("stackTrace", {}).get("frames", [])]
    for frame in frames:
        path = Path(unquote(urlsplit(frame.get("uri", "")).path)).resolve()
        if path.is_relative_to(root) and ".venv" not in path.parts:
            return f"{path.relative_to(root)}:{frame.get('line')}"
    return ""


class _Reader:
    """Reads registrations out of the pipe; the engine opens and closes it for every call."""

    def __init__(self, pipe: Path) -> None:
        self.registered: list[Mapping[str, Any]] = []
        self._handle = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what is in the pipe."""
        self._over.set()
        self._thread.join()
        os.close(self._handle)

    def _read(self) -> None:
        rest = b""
        while True:
            try:
                *lines, rest = (rest + os.read(self._handle, 1 << 16)).split(b"\n")
            except BlockingIOError:
                if self._over.is_set():
                    return
                time.sleep(_PAUSE)
                continue
            for line in lines:
                if _REGISTER in line and b'"request"' in line:
                    self.registered.append(json.loads(line)["request"])
