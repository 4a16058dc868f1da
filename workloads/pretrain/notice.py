"""SIGTERM, or SIGUSR1 from a spot watcher: the end is near, and how many seconds are left."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(SystemExit):
    """The run was told to end before it had anything to save."""


class Notice:
    """Remember the first signal; interrupt at once only where nothing can be lost."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.came: float | None = None
        self.interruptible = False
        self.launcher = os.getppid()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
            signal.signal(number, self._handle)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self.came is None:
            self.came = time.monotonic()
        if self.interruptible:
            raise Stopped(128 + number)

    @property
    def given(self) -> bool:
        """Whether the end was announced, or the launcher that would announce it is gone."""
        if self.came is None and os.getppid() != self.launcher:
            self.came = time.monotonic()
        return self.came is not None

    @property
    def left(self) -> float:
        """Seconds until the end; the whole notice while none was given."""
        return self.seconds if self.came is None else self.seconds - (time.monotonic() - self.came)

    @contextmanager
    def may_interrupt(self) -> Iterator[None]:
        """Let a notice end the program within this block."""
        self.interruptible = True
        try:
            if self.given:
                raise Stopped(128 + signal.SIGTERM)
            yield
        finally:
            self.interruptible = False
