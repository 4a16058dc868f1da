"""The one comment of a pull request, over HTTP against a small host on this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from console.ci.comment import PullRequest, from_environment
from console.ci.summary import MARKER
from console.exits import Exit
from console.failures import Failed

TOKEN = "a-token"


class Host(ThreadingHTTPServer):
    """Keeps comments as the real host does: pages of a hundred, changed by id."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[dict[str, Any]] = []

    def add(self, body: str) -> dict[str, Any]:
        """Write a comment."""
        number = len(self.comments) + 1
        comment = {"id": number, "body": body, "html_url": f"http://host/comment/{number}"}
        self.comments.append(comment)
        return comment


class Handler(BaseHTTPRequestHandler):
    """The three calls that we make."""

    server: Host

    def do_GET(self) -> None:
        """Give one page of comments."""
        page = int(self.path.rpartition("page=")[2])
        self._answer(self.server.comments[(page - 1) * 100 : page * 100])

    def do_POST(self) -> None:
        """Write a comment."""
        self._answer(self.server.add(self._body()))

    def do_PATCH(self) -> None:
        """Change a comment."""
        comment = self.server.comments[int(self.path.rpartition("/")[2]) - 1]
        comment["body"] = self._body()
        self._answer(comment)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""

    def _body(self) -> str:
        return str(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])

    def _answer(self, value: Any) -> None:
        allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
        text = json.dumps(value if allowed else {"message": "no"}).encode()
        self.send_response(200 if allowed else 403)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture
def host() -> Iterator[Host]:
    """Serve on a free port of this machine."""
    with Host() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def request(host: Host, token: str = TOKEN) -> PullRequest:
    """Give pull request 7 of that host."""
    return PullRequest(f"http://127.0.0.1:{host.server_address[1]}", "owner/name", 7, token)


def test_the_second_run_updates_the_comment_of_the_first(host: Host) -> None:
    """One comment, found by its marker behind 150 others, and the others stay as they are."""
    for number in range(150):
        host.add(f"talk {number}, which mentions {MARKER}")
    first = request(host).put(f"{MARKER}\nfirst")
    second = request(host).put(f"{MARKER}\nsecond")
    assert first == second == "http://host/comment/151"
    assert len(host.comments) == 151
    assert host.comments[-1]["body"] == f"{MARKER}\nsecond"
    assert host.comments[0]["body"].startswith("talk 0")


def test_a_refusal_is_an_error_without_the_token(host: Host) -> None:
    """A token that may not write ends in one clear text that does not show it."""
    with pytest.raises(Failed, match="HTTP 403") as error:
        request(host, "stolen-token").put("x")
    assert "stolen-token" not in str(error.value)


def test_the_runner_says_which_pull_request_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Repository, number and token come from the runner; what is missing is named, all at once."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    with pytest.raises(Failed, match="GITHUB_REPOSITORY, GITHUB_TOKEN") as error:
        from_environment()
    assert error.value.code == Exit.CONFIGURATION
    monkeypatch.setenv("GITHUB_REPOSITORY", "owner/name")
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    assert from_environment().number == 7
    event.write_text("{}")
    with pytest.raises(Failed, match="not one of a pull request"):
        from_environment()
