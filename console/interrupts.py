"""Ctrl-C while the engine works: it stops cleanly first, then the console."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import psutil

from console import say


@contextmanager
def forwarded() -> Iterator[None]:
    """Let the engine finish what it started when the person interrupts; raise KeyboardInterrupt afterwards.

    A terminal sends Ctrl-C to the engine too; a signal that only this process gets is passed on.
    """
    hit = False

    def handle(_number: int, _frame: FrameType | None) -> None:
        nonlocal hit
        hit = True
        say.note("stopping: the engine ends what it is doing and keeps the state whole")
        if not _from_terminal():
            for child in psutil.Process().children():
                child.send_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    except Exception:
        if hit:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def _from_terminal() -> bool:
    try:
        return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:
        return False
