"""What a job says, as a passing line beside the resource while it runs."""

import re
import time

from providers.base.resource import Context
from providers.localhost.process import log
from providers.localhost.process.folder import Folder

INTERVAL = 1.0
"""Seconds between lines at least."""

WIDTH = 100
"""Characters; a terminal shows the line beside the resource's name."""

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x1f\x7f]")
"""Colours and control characters, which would break the engine's display."""


class Progress:
    """Shows the newest line of a log when it is new and the last one was shown long enough ago."""

    def __init__(self, ctx: Context, folder: Folder) -> None:
        self._ctx = ctx
        self._folder = folder
        self._shown = ""
        self._next = 0.0

    def tell(self) -> None:
        """Show the newest line, if it is time."""
        if time.monotonic() < self._next:
            return
        line = newest(self._folder)
        if line and line != self._shown:
            self._ctx.status(line)
            self._shown, self._next = line, time.monotonic() + INTERVAL


def newest(folder: Folder) -> str:
    """Give the last line with text in it; a progress bar's carriage returns count as ends of lines."""
    lines = [ESCAPES.sub("", part).strip() for line in log.tail(folder.log, 3) for part in line.split("\r")]
    return next((line[:WIDTH] for line in reversed(lines) if line and not line.startswith(log.START)), "")
