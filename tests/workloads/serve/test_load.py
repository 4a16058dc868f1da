"""The load generator tells good answers from broken ones."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import perf_counter

import pytest

from workloads.serve.load import Outcome, Target, closed_loop, open_loop, percentile, summary

pytestmark = pytest.mark.asyncio
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
EVENT = b'data: {"x":1}\n\n'
DONE = b"data: [DONE]\n\n"


def chunk(data: bytes) -> bytes:
    """Write one chunk."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


@asynccontextmanager
async def answering(reply: Callable[[int], Awaitable[bytes]]) -> AsyncIterator[str]:
    """Serve raw bytes: the n-th request gets reply(n), then the connection closes."""
    count = 0

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]))
        count += 1
        writer.write(await reply(count))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("raw", "status", "whole", "events"),
    [
        (HEAD + chunk(EVENT) + chunk(EVENT + DONE) + b"0\r\n\r\n", 200, True, 2),
        (HEAD + chunk(EVENT) + b"0\r\n\r\n", 200, False, 1),
        (HEAD + chunk(EVENT) + b"40\r\nda", 200, False, 1),
        (HEAD, 200, False, 0),
        (b"", 0, False, 0),
        (
            b'HTTP/1.1 429 No\r\nRetry-After: 1\r\nContent-Length: 26\r\n\r\n{"error":{"code":"queue"}}',
            429,
            True,
            0,
        ),
    ],
)
async def test_an_answer_is_whole_only_with_its_end(
    raw: bytes, status: int, whole: bool, events: int
) -> None:
    """A stream without DONE, a cut chunk and a closed connection count as truncated."""

    async def reply(_: int) -> bytes:
        return raw

    async with answering(reply) as url:
        (one,) = await closed_loop(Target(url, lambda _: {}), 1, 1)
    assert (one.status, one.whole, one.events) == (status, whole, events)


async def test_an_open_loop_does_not_wait_for_a_slow_server() -> None:
    """Requests leave when they are due, and the time of a late one runs from then."""
    arrivals: list[float] = []

    async def reply(_: int) -> bytes:
        arrivals.append(perf_counter())
        await asyncio.sleep(0.5)
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"

    async with answering(reply) as url:
        outcomes = await open_loop(Target(url, lambda _: {}), rate=50, seconds=0.4)
    assert len(outcomes) == 20
    assert sum(arrival < arrivals[0] + 0.5 for arrival in arrivals) > 1
    assert all(one.total >= 0.5 for one in outcomes)


async def test_a_summary_counts_what_happened() -> None:
    """Statuses, cut answers and percentiles of the whole ones."""
    outcomes = [Outcome(200, n / 1000, whole=True) for n in range(1, 101)]
    outcomes += [Outcome(200), Outcome(429, code="queue_full", whole=True), Outcome(0, code="EOFError")]
    told = summary(outcomes, 10.0)
    assert told["statuses"] == {"0": 1, "200": 101, "429": 1}
    assert (told["truncated"], told["per_second"]) == (1, 10.0)
    assert told["codes"] == {"queue_full": 1, "EOFError": 1}
    assert told["total_ms"] == {"p50": 51.0, "p90": 91.0, "p99": 100.0}
    assert percentile([], 0.5) == 0
