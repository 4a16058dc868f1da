"""Does a service answer?"""

import http.client

from providers.localhost.process.ports import LOOPBACK

TIMEOUT = 3.0
"""Seconds for an answer."""


def ask(port: int, path: str) -> str | None:
    """GET the path; None when it answers 2xx, else what happened instead."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=TIMEOUT)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    finally:
        connection.close()
    return None if 200 <= status < 300 else f"HTTP status {status}"
