"""One comment on a pull request, found again by its hidden marker and updated in place."""

import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.ci.summary import MARKER
from console.exits import Exit
from console.failures import Failed

TIMEOUT = 30.0
"""Seconds for one request."""

_PER_PAGE = 100


@dataclass(frozen=True)
class PullRequest:
    """A pull request as its host's API knows it."""

    api: str
    """Such as `https://api.github.com`."""
    repository: str
    """`owner/name`."""
    number: int
    token: str
    """May write comments; never printed."""

    def put(self, body: str) -> str:
        """Write the comment, or update the one that is there; give its address.

        Raises:
            Failed: The host refused.
        """
        mine = self._mine()
        if mine:
            return str(self._call("PATCH", f"issues/comments/{mine['id']}", {"body": body})["html_url"])
        return str(self._call("POST", f"issues/{self.number}/comments", {"body": body})["html_url"])

    def _mine(self) -> dict[str, Any] | None:
        page = 1
        while True:
            found = self._call("GET", f"issues/{self.number}/comments?per_page={_PER_PAGE}&page={page}")
            for comment in found:
                if str(comment.get("body", "")).startswith(MARKER):
                    return dict(comment)
            if len(found) < _PER_PAGE:
                return None
            page += 1

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  the host's API, from the runner's own variable
            f"{self.api}/repos/{self.repository}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/vnd.github+json",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as reply:  # noqa: S310  see above
                return json.load(reply)
        except urllib.error.HTTPError as error:
            error.close()  # it holds the connection
            raise Failed(
                f"the comment was refused: {method} {path}: HTTP {error.code}", Exit.AUTHENTICATION
            ) from error
        except (urllib.error.URLError, TimeoutError) as error:
            raise Failed(f"the comment could not be written: {error}", Exit.GENERIC) from error


def from_environment() -> PullRequest:
    """Give the pull request that the runner works for.

    Raises:
        Failed: A variable is missing, or the event is none of a pull request.
    """
    names = ("GITHUB_REPOSITORY", "GITHUB_EVENT_PATH", "GITHUB_TOKEN")
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise Failed(f"--comment needs {', '.join(missing)} in the environment", Exit.CONFIGURATION)
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    number = (event.get("pull_request") or {}).get("number")
    if not number:
        raise Failed("--comment: the event is not one of a pull request", Exit.CONFIGURATION)
    api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    return PullRequest(api, os.environ["GITHUB_REPOSITORY"], int(number), os.environ["GITHUB_TOKEN"])
