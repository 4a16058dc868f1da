"""Load for a server: streams or whole answers, at a fixed rate (open loop) or by a fixed number of clients (closed).

    python -m workloads.serve.load http://127.0.0.1:8000 --rate 200 --seconds 10
    python -m workloads.serve.load http://127.0.0.1:8000 --clients 64 --requests 1000 --stream

A small HTTP client of its own on asyncio streams: a general one costs more than the server that it measures.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 120.0
"""Seconds after which a request counts as failed."""


@dataclass(slots=True)
class Outcome:
    """What happened to one request. Times are seconds from when it was due, so that a late client hides nothing."""

    status: int = 0
    """HTTP status; 0 when the connection broke before one came."""
    total: float = 0.0
    """To the last byte."""
    first: float = 0.0
    """To the first token of a stream."""
    gaps: list[float] = field(default_factory=list)
    """Between the events of a stream."""
    events: int = 0
    """Events of a stream, the closing one left out."""
    whole: bool = False
    """Whether the answer came to its proper end: all of the body, and `[DONE]` for a stream."""
    code: str = ""
    """OpenAI's code of an error, or the kind of a broken connection."""
    retry_after: str = ""
    """The header of that name."""


class Connection:
    """One kept-alive connection."""

    def __init__(self, url: str, key: str = "") -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.key = key
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes, due: float) -> Outcome:
        """Send one request and follow its answer; never raises for what the server or the network did."""
        outcome = Outcome()
        try:
            async with asyncio.timeout(TIMEOUT):
                await self._exchange(path, body, due, outcome)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            outcome.code = outcome.code or type(error).__name__
            self.close()
        outcome.total = perf_counter() - due
        return outcome

    def close(self) -> None:
        """Drop the connection; the next request opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _exchange(self, path: str, body: bytes, due: float, outcome: Outcome) -> None:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self.host, self.port, limit=2**20)
        reader, writer = self._streams
        writer.write(self._head(path, len(body)) + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        outcome.status = int(head[0].split(" ", 2)[1])
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
        }
        outcome.retry_after = headers.get("retry-after", "")
        if headers.get("transfer-encoding") == "chunked":
            await _read_events(reader, due, outcome)
        else:
            content = await reader.readexactly(int(headers.get("content-length", "0")))
            outcome.whole = True
            if outcome.status != 200:
                outcome.code = str(json.loads(content)["error"]["code"])
        if headers.get("connection") == "close":
            self.close()

    def _head(self, path: str, length: int) -> bytes:
        secret = f"Authorization: Bearer {self.key}\r\n" if self.key else ""
        lines = f"POST {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: application/json\r\n"
        return f"{lines}{secret}Content-Length: {length}\r\n\r\n".encode()


async def _read_events(reader: asyncio.StreamReader, due: float, outcome: Outcome) -> None:
    """Read a chunked event stream to its end and note when each chunk came."""
    last, tail = 0.0, b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        chunk = (await reader.readexactly(size + 2))[:-2]
        now = perf_counter()
        if last:
            outcome.gaps.append(now - last)
        else:
            outcome.first = now - due
        last, tail = now, chunk[-64:]
        outcome.events += chunk.count(b"\n\n")
    await reader.readexactly(2)
    outcome.whole = tail.endswith(b"data: [DONE]\n\n")
    outcome.events -= outcome.whole


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go and what they are."""

    url: str
    """Base of the server."""
    body: Callable[[int], dict[str, Any]]
    """Gives the body of the request of a number."""
    path: str = "/v1/completions"
    """Route."""
    key: str = ""
    """Bearer key."""

    def encode(self, number: int) -> bytes:
        """Give the body as bytes."""
        return json.dumps(self.body(number)).encode()


async def closed_loop(target: Target, clients: int, requests: int) -> list[Outcome]:
    """Let each client send its next request when its last is answered."""
    numbers = iter(range(requests))

    async def client() -> list[Outcome]:
        """Take numbers until none is left."""
        connection = Connection(target.url, target.key)
        done = [
            await connection.post(target.path, target.encode(number), perf_counter()) for number in numbers
        ]
        connection.close()
        return done

    return [one for done in await asyncio.gather(*(client() for _ in range(clients))) for one in done]


async def open_loop(target: Target, rate: float, seconds: float) -> list[Outcome]:
    """Send at a fixed rate whatever the server does; a request's time runs from when it was due."""
    idle: deque[Connection] = deque()
    began = perf_counter()

    async def one(number: int, due: float) -> Outcome:
        """Send on an idle connection, or a new one."""
        connection = idle.pop() if idle else Connection(target.url, target.key)
        outcome = await connection.post(target.path, target.encode(number), due)
        idle.append(connection)
        return outcome

    tasks: list[Awaitable[Outcome]] = []
    for number in range(int(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - perf_counter()))
        tasks.append(asyncio.ensure_future(one(number, due)))
    outcomes = await asyncio.gather(*tasks)
    for connection in idle:
        connection.close()
    return outcomes


def percentile(values: Sequence[float], share: float) -> float:
    """Give the smallest value that `share` of all values do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def summary(outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """Give counts and, in milliseconds, the percentiles of the answers that came whole."""
    good = [one for one in outcomes if one.status == 200 and one.whole]

    def spread(values: Sequence[float]) -> dict[str, float]:
        return {f"p{share * 100:g}": round(percentile(values, share) * 1e3, 3) for share in (0.5, 0.9, 0.99)}

    return {
        "requests": len(outcomes),
        "per_second": round(len(good) / seconds, 1),
        "statuses": dict(sorted(Counter(str(one.status) for one in outcomes).items())),
        "codes": dict(Counter(one.code for one in outcomes if one.code)),
        "truncated": sum(one.status == 200 and not one.whole for one in outcomes),
        "events_per_second": round(sum(one.events for one in good) / seconds, 1),
        "total_ms": spread([one.total for one in good]),
        "first_token_ms": spread([one.first for one in good if one.first]),
        "between_tokens_ms": spread([gap for one in good for gap in one.gaps]),
    }


async def run(given: argparse.Namespace) -> dict[str, Any]:
    """Carry out what the command line says."""
    fields = {
        "prompt": given.prompt,
        "max_tokens": given.max_tokens,
        "stream": given.stream,
        "ignore_eos": True,
    }
    target = Target(given.url, lambda _: fields)
    began = perf_counter()
    if given.rate:
        outcomes = await open_loop(target, given.rate, given.seconds)
    else:
        outcomes = await closed_loop(target, given.clients, given.requests)
    return summary(outcomes, perf_counter() - began)


def main() -> int:
    """Print a summary; 1 when an answer was cut or the connection broke."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("--rate", type=float, default=0.0, help="requests a second; 0 runs a closed loop")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of an open loop")
    parser.add_argument("--clients", type=int, default=8, help="clients of a closed loop")
    parser.add_argument("--requests", type=int, default=100, help="requests of a closed loop")
    parser.add_argument("--prompt", default="Once upon a time")
    parser.add_argument("--max-tokens", type=int, default=16)
    parser.add_argument("--stream", action="store_true")
    found = asyncio.run(run(parser.parse_args()))
    print(json.dumps(found, indent=1))
    return int(bool(found["truncated"] or "0" in found["statuses"]))


if __name__ == "__main__":
    sys.exit(main())
