"""All processes of one job or service, wherever they went: found by the mark in their environment, and ended."""

import os
import time
from collections.abc import Callable, Iterable

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
    family = Family()
    left_out = {os.getpid(), *without}
    return [one for one in family.of(instance) if one.pid not in left_out and living(one)]


class Family:
    """All processes at one moment, with their marks and parents."""

    def __init__(self) -> None:
        self._processes = {process.pid: process for process in psutil.process_iter()}
        self._marks = {pid: mark(process) for pid, process in self._processes.items()}
        self._parents = {pid: _parent(process) for pid, process in self._processes.items()}

    def of(self, instance: str) -> list[psutil.Process]:
        """Give the processes of an instance."""
        return [process for pid, process in self._processes.items() if self.instance(pid) == instance]

    def instance(self, pid: int) -> str | None:
        """Tell the instance of a process: its own mark, or the nearest ancestor's when its environment has none."""
        seen: set[int] = set()
        while pid in self._processes and pid not in seen:
            if found := self._marks[pid]:
                return found
            seen.add(pid)
            pid = self._parents[pid]
        return None


def _parent(process: psutil.Process) -> int:
    try:
        return process.ppid()
    except psutil.Error:
        return 0


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
    """Say whether a process id belongs to the instance now."""
    return pid is not None and any(process.pid == pid for process in members(instance))


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
