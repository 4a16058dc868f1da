"""Ctrl-C, or the end of the terminal or the job, while the engine works: it stops cleanly first, then the console."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import psutil

from console import say

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def forwarded() -> Iterator[None]:
    """Let one command of the engine end well when the person interrupts; raise KeyboardInterrupt afterwards.

    A terminal sends Ctrl-C to the engine too; a signal that only this process gets is passed on. A runner that cancels
    a job (SIGTERM) and a terminal that closes (SIGHUP) are heard in the same way. What is ignored stays so (`nohup`).
    """
    hit = False

    def handle(number: int, _frame: FrameType | None) -> None:
        nonlocal hit
        hit = True
        engines = _children()
        if not engines:
            raise KeyboardInterrupt
        with suppress(OSError):  # a terminal that closed hears nothing
            say.note("stopping: the engine ends what it is doing and keeps the state whole")
        if number != signal.SIGINT or not _from_terminal():
            for engine in engines:
                engine.send_signal(signal.SIGINT)

    heard = [number for number in _ENDINGS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handle) for number in heard}
    try:
        yield
    except Exception:
        if not hit:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if hit:
        raise KeyboardInterrupt


def _children() -> list[psutil.Process]:
    """Give the commands that run; one that has ended may not be gathered yet."""
    return [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]


def _from_terminal() -> bool:
    try:
        return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:
        return False
