"""What a job says, as passing lines beside the resource while it runs."""

import re
import time

from providers.base.resource import Context
from providers.localhost.process import log
from providers.localhost.process.folder import Folder

INTERVAL = 1.0
"""Seconds between lines at least."""

WIDTH = 100
"""Characters; a terminal shows the line beside the resource's name."""

WAITING = 20
"""Lines that may wait for their turn; of a program that says more, the oldest are not shown."""

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x1f\x7f]")
"""Colours and control characters, which would break the engine's display."""

NUMBER = re.compile(r"[\d.,]+")
"""What changes from one line of a count to the next."""


class Progress:
    """Shows the lines of a log in their order, one at a time.

    A line that is another one with newer numbers takes its place: of steps only the newest is shown, and yet what is
    said once, such as a resume, is seen.
    """

    def __init__(self, ctx: Context, folder: Folder) -> None:
        self._ctx = ctx
        self._log = log.Follower(folder.log)
        self._waiting: dict[str, str] = {}
        self._shown = ""
        self._next = 0.0

    def tell(self) -> None:
        """Show the next line, if there is one and it is time."""
        for line in self._log.lines():
            self._take(ESCAPES.sub("", line).strip()[:WIDTH])
        if not self._waiting or time.monotonic() < self._next:
            return
        line = self._waiting.pop(next(iter(self._waiting)))
        if line != self._shown:
            self._ctx.status(line)
            self._shown, self._next = line, time.monotonic() + INTERVAL

    def _take(self, line: str) -> None:
        if not line or line.startswith(log.START):
            return
        kind = NUMBER.sub("#", line)
        self._waiting.pop(kind, None)
        self._waiting[kind] = line
        if len(self._waiting) > WAITING:
            del self._waiting[next(iter(self._waiting))]
