"""Answers in OpenAI's form, whole or as server-sent events."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response

DONE = b"data: [DONE]\n\n"
"""The last event of a stream that came to its proper end."""
STREAM_HEAD: dict[str, Any] = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ],
}
"""The beginning of a stream in ASGI's terms; proxies are told to pass events on at once."""


def encode(content: Any) -> bytes:
    """Write JSON, compact; what JSON has no number for is null."""
    return to_json(content, inf_nan_mode="null")


def event(fields: Mapping[str, Any]) -> bytes:
    """Render one server-sent event."""
    return b"data: " + encode(fields) + b"\n\n"


class Json(Response):
    """A JSON body."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Encode the body."""
        return encode(content)
