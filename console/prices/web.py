"""Documents over HTTP: time limits, a few attempts, and never a document that was cut off."""

import email.utils
import gzip
import http.client
import json
import shutil
import socket
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any, BinaryIO, TypeVar, cast

T = TypeVar("T")

_BUSY = frozenset({429, 500, 502, 503, 504})
_CHUNK = 1 << 20


class FeedError(ValueError):
    """A price list gave nothing to work with; the text says which and why."""


class UnreachableError(FeedError):
    """Nobody answered: no network, no such name, or no reply in time."""


class RefusedError(FeedError):
    """The list answered that it has nothing there, or nothing for us."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


class _TryAgain(Exception):  # noqa: N818  it never leaves this file
    """This attempt failed, another may not."""

    def __init__(self, error: FeedError, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error, self.wait = error, wait


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow nobody elsewhere: a key travels with the request."""

    def redirect_request(self, *_args: Any) -> None:
        """Leave the answer as it is, which makes it an error."""
        return


@dataclass(frozen=True)
class Web:
    """How documents are asked for."""

    timeout: float = 30.0
    """Seconds for a connection, and for each piece of a reply."""
    attempts: int = 4
    """How often a document is asked for before it counts as failed."""
    patience: float = 120.0
    """The longest that a busy list may tell us to wait, in seconds."""
    sleep: Callable[[float], None] = time.sleep

    def json(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Give a JSON object.

        Raises:
            FeedError: There is none, after all attempts.
        """
        return self._again(url, lambda: _parsed(url, self._open(url, headers)))

    @contextmanager
    def lines(self, url: str) -> Iterator[Iterator[str]]:
        """Give the lines of a text that may be too large for memory: it lies in a file that nobody else sees.

        Raises:
            FeedError: There is none, after all attempts.
        """
        with self._again(url, lambda: self._open(url, None)) as body:
            yield (line.decode("utf-8", errors="replace") for line in body)

    def _again(self, url: str, attempt: Callable[[], T]) -> T:
        wait = 1.0
        for left in range(self.attempts - 1, -1, -1):
            try:
                return attempt()
            except _TryAgain as problem:
                asked = problem.wait if problem.wait is not None else wait
                if asked > self.patience:
                    raise FeedError(f"{url}: it asks to come back in {asked:.0f} seconds") from None
                if not left:
                    raise problem.error from None
                self.sleep(asked)
                wait *= 2
        raise AssertionError("the last attempt raises")

    def _open(self, url: str, headers: Mapping[str, str] | None) -> IO[bytes]:
        """Read a whole reply into a file without a name."""
        given = {"Accept-Encoding": "gzip", "User-Agent": "causeway", **(headers or {})}
        request = urllib.request.Request(url, headers=given)  # noqa: S310  the address was checked when it was read
        body = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115  whoever asked closes it
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=self.timeout) as reply:
                shutil.copyfileobj(reply, body, _CHUNK)
                _whole(url, body.tell(), reply.headers["Content-Length"])
                packed = reply.headers["Content-Encoding"] == "gzip"
        except BaseException as error:
            body.close()
            raise _told(url, error) from error
        body.seek(0)
        return _unpacked(url, body) if packed else body


def _whole(url: str, received: int, promised: str | None) -> None:
    if promised is not None and received != int(promised):
        raise _TryAgain(FeedError(f"{url}: cut off after {received:,} of {int(promised):,} bytes"))


def _unpacked(url: str, packed: IO[bytes]) -> IO[bytes]:
    plain = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115  whoever asked closes it
    try:
        with packed, gzip.open(packed) as source:
            shutil.copyfileobj(source, plain, _CHUNK)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        plain.close()
        raise _TryAgain(FeedError(f"{url}: cut off ({error})")) from None
    plain.seek(0)
    return plain


def _parsed(url: str, body: IO[bytes]) -> dict[str, Any]:
    try:
        with body:
            value = json.load(body)
    except ValueError as error:
        raise _TryAgain(FeedError(f"{url}: what came is no JSON, or was cut off ({error})")) from None
    if not isinstance(value, dict):
        raise FeedError(f"{url}: a JSON object is expected, this is a {type(value).__name__}")
    return value


def _told(url: str, error: BaseException) -> BaseException:
    """Say what went wrong, and whether to try again; what is no failure of the network stays as it is."""
    if isinstance(error, urllib.error.HTTPError):
        text = f"{url}: HTTP {error.code} {error.reason}{_message(error)}"
        if error.code in _BUSY:
            return _TryAgain(FeedError(text), _retry_after(error.headers.get("Retry-After")))
        return RefusedError(text, error.code)
    if isinstance(error, urllib.error.URLError | TimeoutError | ConnectionError):
        reason = getattr(error, "reason", error)
        unreachable = UnreachableError(f"{url}: {reason or 'no reply in time'}")
        # without a network no name is known, and none will be in a few seconds
        return unreachable if isinstance(reason, socket.gaierror) else _TryAgain(unreachable)
    if isinstance(error, http.client.HTTPException):
        return _TryAgain(FeedError(f"{url}: cut off ({error!r})"))
    return error


def _message(error: urllib.error.HTTPError) -> str:
    """Find the reason that Google's and Azure's errors carry."""
    try:
        value = json.loads(error.read(10_000))
        found = value.get("error", value) if isinstance(value, dict) else {}
        text = str(found.get("message", "")) if isinstance(found, dict) else ""
    except (ValueError, OSError):
        return ""
    return f": {text}" if text else ""


def _retry_after(value: str | None) -> float | None:
    """Read seconds, or a date, as RFC 9110 allows both; None when there is neither."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        then = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (then - datetime.now(UTC)).total_seconds())
