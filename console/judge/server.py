"""A running API server: on 127.0.0.1 alone, in a private folder that goes with it."""

import json
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from console.failures import Failed
from console.judge import cluster

START_SECONDS = 120.0
STOP_SECONDS = 20.0
ANSWER_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    """The status of HTTP; 200 and 201 are consent."""
    body: Mapping[str, Any]
    """The object as it would be kept, or the reason why not."""
    warnings: tuple[str, ...] = ()
    """What it takes and advises against."""

    @property
    def ok(self) -> bool:
        """Whether the server consented."""
        return self.status < 300

    @property
    def complaints(self) -> tuple[str, ...]:
        """Each thing that it refuses or advises against, with the path where it names one."""
        return (*(() if self.ok else _causes(self.body)), *self.warnings)


class Server:
    """A context in which an empty Kubernetes API server runs; nothing of it is left afterwards."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="causeway-cluster-")
        self._process: subprocess.Popen[str] | None = None
        self._connection: HTTPSConnection | None = None
        self._token = ""

    def __enter__(self) -> Self:
        command = cluster.find()
        folder = Path(self._folder.name)
        with (folder / "log").open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [command, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        address = self._address()
        if not address:
            self._stop()
            said = (folder / "log").read_text(encoding="utf-8").strip()
            self._folder.cleanup()
            raise Failed(f"the Kubernetes API server did not start: {said or 'it said nothing'}")
        trust = ssl.create_default_context(cafile=str(folder / "certificates" / "apiserver.crt"))
        self._token = (folder / "token").read_text(encoding="ascii")
        place = urlsplit(address)
        self._connection = HTTPSConnection(
            place.hostname or "", place.port, context=trust, timeout=ANSWER_SECONDS
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._folder.cleanup()

    def ask(
        self, method: str, path: str, body: Any = None, content: str = "application/json", **query: str
    ) -> Answer:
        """Send one request and give the answer.

        Args:
            method: Of HTTP.
            path: Of the resource, such as `/api/v1/namespaces`.
            body: Sent as JSON. Default: nothing.
            content: The type of what is sent; a patch has one of its own.
            **query: Parameters, such as `fieldValidation`.
        """
        assert self._connection, "the server has not been started"
        headers = {
            "Authorization": f"Bearer {self._token}", "Accept": "application/json", "Content-Type": content,
        }  # fmt: skip
        full = path + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")
        self._connection.request(method, full, None if body is None else json.dumps(body), headers)
        response = self._connection.getresponse()
        text = response.read()
        warned = tuple(_warning(line) for line in response.msg.get_all("Warning") or ())
        return Answer(response.status, json.loads(text) if text.startswith(b"{") else {}, warned)

    def _address(self) -> str:
        """Wait for the one line that it prints when it is ready."""
        assert self._process
        assert self._process.stdout
        guard = threading.Timer(START_SECONDS, self._process.kill)
        guard.start()
        try:
            return self._process.stdout.readline().strip()
        finally:
            guard.cancel()

    def _stop(self) -> None:
        """End it by its standard input, and by force when that takes too long."""
        if self._connection:
            self._connection.close()
        if self._process is None:
            return
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._process = None


def _warning(header: str) -> str:
    """Give the text of a header such as `299 - "the text"` (RFC 7234, section 5.5)."""
    return header.partition('"')[2].rpartition('"')[0].replace('\\"', '"')


def _causes(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Take a refusal apart: `path: reason` for each cause, else the one message."""
    causes = (body.get("details") or {}).get("causes") or ()
    told = tuple(f"{cause['field']}: {cause.get('message', '')}" for cause in causes if cause.get("field"))
    return told or (str(body.get("message") or "refused without a reason"),)
