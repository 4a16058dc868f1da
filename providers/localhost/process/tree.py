"""All processes of one job or service, wherever they went: found by the mark in their environment, and ended."""

import os
import time
from collections.abc import Callable, Iterable, Iterator

import psutil

from providers.localhost.process.spec import MARK

POLL = 0.05
"""Seconds between looks at processes that are to end."""

KILL_WAIT = 5.0
"""Seconds for SIGKILL to take effect; only a process stuck in the kernel needs more."""


def members(instance: str, *, without: Iterable[int | None] = ()) -> list[psutil.Process]:
    """Find the living processes of an instance, this one and those `without` left out.

    A mark survives double forks, new sessions and the death of every parent; a process id alone survives nothing, as
    ids are used again.
    """
    left_out = {os.getpid(), *without}
    return [process for process in _ours() if process.pid not in left_out and mark(process) == instance]


def _ours() -> Iterator[psutil.Process]:
    """Walk over the living processes of this user; others can't be looked into."""
    for process in psutil.process_iter():
        if living(process):
            yield process


def mark(process: psutil.Process) -> str | None:
    """Give the instance that a process belongs to, None when it can't be told."""
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None


def living(process: psutil.Process) -> bool:
    """Say whether the very process still runs: a zombie doesn't, and neither does a newcomer with its id."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def is_member(pid: int | None, instance: str) -> bool:
    """Say whether a process id still belongs to the instance."""
    try:
        return pid is not None and living(process := psutil.Process(pid)) and mark(process) == instance
    except psutil.Error:
        return False


def end(instance: str, grace: float) -> list[psutil.Process]:
    """Ask every process of the instance to end, kill what is left after `grace` seconds; give the survivors."""
    asked = members(instance)
    _each(asked, psutil.Process.terminate)
    _wait(asked, grace)
    deadline = time.monotonic() + KILL_WAIT
    # Again and again: a process may have forked between the look and the signal.
    while (left := members(instance)) and time.monotonic() < deadline:
        _each(left, psutil.Process.kill)
        time.sleep(POLL)
    return left


def _each(processes: Iterable[psutil.Process], act: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        try:
            act(process)
        except psutil.NoSuchProcess:
            continue


def _wait(processes: Iterable[psutil.Process], seconds: float) -> None:
    """Wait until none of the processes lives, at most so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(map(living, processes)):
        time.sleep(POLL)
