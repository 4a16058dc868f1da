"""An application that reads a body and answers a constant: the floor that the web server itself sets.

PORT=8000 python -m benchmarks.serve.bare
"""

import os
from typing import Any

import uvicorn

BODY = b'{"choices":[{"index":0,"text":"a","finish_reason":"length"}]}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]


async def app(scope: Any, receive: Any, send: Any) -> None:
    assert scope["type"] == "http"
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    uvicorn.run(
        app,
        port=int(os.environ["PORT"]),
        log_config=None,
        access_log=False,
        lifespan="off",
        proxy_headers=False,
    )
