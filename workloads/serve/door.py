"""The door of the server: request ids, keys, body size, drain and the access log, before any route runs."""

import hashlib
import hmac
import logging
import random
import re
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workloads.serve.drain import Drain
from workloads.serve.engine import clock
from workloads.serve.errors import RefusedError, draining
from workloads.serve.replies import Json

log = logging.getLogger("causeway.serve")

Names = Mapping[bytes, bytes]
"""A request's headers; ASGI gives their names in lower case."""

_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class Door:
    """ASGI middleware around the routes. Only /v1 is guarded: probes and metrics come without a key."""

    def __init__(
        self, app: ASGIApp, drain: Drain, keys: frozenset[str], max_body_bytes: int, tier: str
    ) -> None:
        self.app, self.drain, self.max_body_bytes = app, drain, max_body_bytes
        self.digests = [_digest(key) for key in keys]
        self.tier = (b"x-causeway-tier", tier.encode())  # callers can tell the CPU fallback from a GPU

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1"):
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = _request_id(_text(headers, b"x-request-id"))
        began, status = clock(), 0
        state = scope.setdefault("state", {})
        state.update(request_id=request_id, arrival=began, traceparent=_text(headers, b"traceparent"))

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                ours = [(b"x-request-id", request_id.encode()), self.tier]
                if self.drain.draining:
                    ours.append((b"connection", b"close"))
                message = {**message, "headers": [*message["headers"], *ours]}
            await send(message)

        self.drain.enter()
        try:
            refused = self._refuse(headers)
            await (refused(scope, receive, answer) if refused else self.app(scope, receive, answer))
        finally:
            self.drain.leave()
            took = (clock() - began) * 1e3
            log.info("%s %s %d %.1f ms id=%s", scope["method"], scope["path"], status, took, request_id)

    def _refuse(self, headers: Names) -> Json | None:
        try:
            self._check(headers)
        except RefusedError as error:
            return Json(error.body, error.status, headers=error.headers)
        return None

    def _check(self, headers: Names) -> None:
        if self.digests and not self._known(_text(headers, b"authorization")):
            raise RefusedError(401, "no valid key: send Authorization: Bearer KEY", code="invalid_api_key")
        if self.drain.draining:
            raise draining()
        length = _text(headers, b"content-length")
        if length.isdigit() and int(length) > self.max_body_bytes:
            raise body_too_large(self.max_body_bytes)

    def _known(self, authorization: str) -> bool:
        """Compare digests in constant time, all of them, so that timing tells nothing about a key."""
        kind, _, key = authorization.partition(" ")
        given = _digest(key.strip())
        return kind.lower() == "bearer" and sum(hmac.compare_digest(given, one) for one in self.digests) > 0


def body_too_large(limit: int) -> RefusedError:
    """Refuse a body by its size."""
    return RefusedError(413, f"the body is longer than {limit} bytes", code="body_too_large")


def _text(headers: Names, name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")


def _request_id(given: str) -> str:
    """Keep a caller's id if it is safe to write into a log, else make one."""
    return given if _ID.fullmatch(given) else f"{random.getrandbits(96):024x}"


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
