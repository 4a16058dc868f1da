"""Documents come whole, after a few attempts, or there is one error that says why."""

import gzip
import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from console.prices.web import FeedError, RefusedError, UnreachableError, Web
from tests.console.prices.lists import Lists, Reply


def test_a_busy_list_is_asked_again_when_it_says(lists: Lists, web: Web, naps: list[float]) -> None:
    """Retry-After in seconds is kept to; a date counts from now; without it the wait doubles."""
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    lists.put(
        "/a",
        Reply(b"", 429, {"Retry-After": "7"}),
        Reply(b"", 503, {"Retry-After": soon}),
        Reply(b"", 429),
        Reply(b'{"x": 1}'),
    )
    assert web.json(f"{lists.url}/a") == {"x": 1}
    assert naps[0] == 7
    assert 20 < naps[1] <= 30
    assert naps[2] == 4


def test_a_list_that_stays_busy_fails_with_its_answer(lists: Lists, web: Web, naps: list[float]) -> None:
    """After four attempts the last answer is the error; a wait of an hour is not begun at all."""
    lists.put("/a", Reply(b'{"error": {"message": "too many"}}', 429))
    with pytest.raises(FeedError, match=r"/a: HTTP 429 Too Many Requests: too many"):
        web.json(f"{lists.url}/a")
    assert naps == [1, 2, 4]
    lists.put("/b", Reply(b"", 429, {"Retry-After": "3600"}))
    with pytest.raises(FeedError, match="come back in 3600 seconds"):
        web.json(f"{lists.url}/b")


@pytest.mark.parametrize(
    "broken",
    [
        Reply(b'{"Items": [1, 2, 3]}', cut=8),
        Reply(b'{"Items": [1, 2,'),
        Reply(gzip.compress(b'{"Items": [1, 2, 3]}')[:-9], headers={"Content-Encoding": "gzip"}),
        Reply(b"<html>moved</html>"),
    ],
    ids=["cut on the way", "cut at the source", "cut gzip", "a page for people"],
)
def test_what_was_cut_off_is_never_used(lists: Lists, web: Web, broken: Reply) -> None:
    """A reply that is not whole is asked for again, and then it is an error; a whole one after it is taken."""
    lists.put("/a", broken)
    with pytest.raises(FeedError, match="/a: "):
        web.json(f"{lists.url}/a")
    lists.put("/a", broken, Reply(b'{"Items": []}'))
    assert web.json(f"{lists.url}/a") == {"Items": []}


def test_lines_come_from_a_whole_file(lists: Lists, web: Web) -> None:
    """Packed or not, a text is read to its end before its first line is given."""
    lists.put("/a", Reply(gzip.compress(b"one\ntwo\n"), headers={"Content-Encoding": "gzip"}))
    with web.lines(f"{lists.url}/a") as lines:
        assert list(lines) == ["one\n", "two\n"]
    lists.put("/b", Reply(b"one\ntwo\n", cut=3))
    with pytest.raises(FeedError, match="cut off"), web.lines(f"{lists.url}/b"):
        pass


def test_a_refusal_is_not_repeated(lists: Lists, web: Web, naps: list[float]) -> None:
    """400, 403 and 404 will not change: one attempt, with the list's own words."""
    lists.put("/a", Reply(json.dumps({"error": {"message": "API key not valid"}}).encode(), 400))
    with pytest.raises(RefusedError, match="HTTP 400 Bad Request: API key not valid") as caught:
        web.json(f"{lists.url}/a")
    assert (caught.value.status, naps) == (400, [])


def test_a_redirect_is_not_followed(lists: Lists, web: Web) -> None:
    """A key travels in a header, so that no answer can send us elsewhere with it."""
    lists.put("/a", Reply(b"", 302, {"Location": f"{lists.url}/b"}))
    lists.put("/b", Reply(b"{}"))
    with pytest.raises(RefusedError, match="HTTP 302"):
        web.json(f"{lists.url}/a", {"X-Goog-Api-Key": "secret"})
    assert len(lists.asked) == 1


def test_nobody_there_is_told_apart(web: Web, naps: list[float]) -> None:
    """A closed port is tried again; it is unreachable then, and not a bad list."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(UnreachableError, match="refused"):
            web.json(f"http://127.0.0.1:{port}/a")
    assert naps == [1, 2, 4]
