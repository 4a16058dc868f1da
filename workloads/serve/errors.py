"""Errors in the form that OpenAI's clients understand."""

from typing import Any


class RefusedError(ValueError):
    """A request that is answered with an error: status, text, the field at fault and a stable code."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str,
        param: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.param = status, message, code, param
        self.retry_after = retry_after

    @property
    def body(self) -> dict[str, Any]:
        """The JSON body."""
        fields = {"message": self.message, "type": _kind(self.status), "param": self.param, "code": self.code}
        return {"error": fields}

    @property
    def headers(self) -> dict[str, str]:
        """Headers beside it."""
        if self.status == 401:
            return {"WWW-Authenticate": "Bearer"}
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


def _kind(status: int) -> str:
    return _KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")


_KINDS = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}


def invalid(message: str, param: str | None, code: str = "invalid_value") -> RefusedError:
    """Refuse a field's value."""
    return RefusedError(400, message, code=code, param=param)


def too_long(message: str, param: str) -> RefusedError:
    """Refuse a request that can never fit: content too large, with OpenAI's code by which clients know what to do."""
    return RefusedError(413, message, code="context_length_exceeded", param=param)


def overloaded(message: str, code: str, retry_after: int) -> RefusedError:
    """Refuse a request that would fit later."""
    return RefusedError(429, message, code=code, retry_after=retry_after)


def draining(retry_after: int = 1) -> RefusedError:
    """Refuse a request because this server is about to stop."""
    return RefusedError(
        503, "the server is stopping; send this elsewhere", code="draining", retry_after=retry_after
    )


def failed(message: str = "the model failed; the server log says why") -> RefusedError:
    """Answer for a fault of ours."""
    return RefusedError(500, message, code="internal_error")


def timed_out(seconds: float) -> RefusedError:
    """Answer a request whose time is over."""
    return RefusedError(504, f"the request took longer than {seconds:g} s", code="timeout")


def gone() -> RefusedError:
    """End a request that nobody waits for any more; the status is nginx's, for the log and the metrics."""
    return RefusedError(499, "the client closed the connection", code="client_closed_request")
