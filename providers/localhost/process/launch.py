"""Start and stop a folder's program from the provider."""

import contextlib
import subprocess
import sys
import threading
import time

import psutil

from infra.paths import project
from providers.base.errors import ProviderError
from providers.localhost.process import files, log, tree
from providers.localhost.process.folder import Folder
from providers.localhost.process.inherit import inherited
from providers.localhost.process.record import Record
from providers.localhost.process.spec import MARK, Spec

START_WAIT = 30.0
"""Seconds for a supervisor to report; it takes a fraction of one on an idle machine."""

STOP_MARGIN = 5.0
"""Seconds beyond the grace period until a supervisor that doesn't end is killed too."""

POLL = 0.05


def start(folder: Folder, spec: Spec) -> None:
    """Write the spec and start a supervisor on it; the caller holds the folder. It is up when this returns."""
    old, record = folder.spec(), folder.record()
    again = old is not None and record is not None and old.fingerprint == spec.fingerprint
    folder.put_spec(spec)
    folder.put_record(Record(attempts=record.attempts if record and again else 0))
    with open(files.appending(folder.supervisor_log), "wb") as output:  # noqa: PTH123 - a descriptor, not a path
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "providers.localhost.process.supervisor", str(folder.path)],
            env={**inherited(), "PYTHONPATH": str(project()), MARK: spec.environment[MARK]},
            cwd=folder.path,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    # Reaped by a thread: a provider that lives on (attached, in tests) must not collect zombies.
    threading.Thread(target=process.wait, name="reaper", daemon=True).start()
    _wait_until_up(folder, process)


def _wait_until_up(folder: Folder, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_WAIT
    while (folder.record() or Record()).supervisor != process.pid:
        if process.returncode is not None or time.monotonic() > deadline:
            lines = "\n".join(log.tail(folder.supervisor_log))
            raise ProviderError(f"the supervisor of {folder.path} did not start:\n{lines}")
        time.sleep(POLL)


def end(folder: Folder, instance: str) -> None:
    """End what runs, by the grace period it was started with; the caller holds the folder."""
    present = folder.spec()
    stop(folder, instance, present.grace if present else 0.0)


def erase(folder: Folder, instance: str, grace: float) -> None:
    """End the program and remove its folder; processes are ended even when the folder is gone already."""
    if not folder.belongs_to(instance):
        _end(folder, instance, grace)
        with contextlib.suppress(OSError):
            folder.path.rmdir()
        return
    with folder.held():
        stop(folder, instance, grace)
        folder.remove()


def stop(folder: Folder, instance: str, grace: float) -> None:
    """End the program and its supervisor, or what is left of them; the caller holds the folder."""
    if folder.supervised():
        _stop_supervisor(folder, instance, grace)
    _end(folder, instance, grace)


def _end(folder: Folder, instance: str, grace: float) -> None:
    left = tree.end(instance, grace)
    if left:
        pids = ", ".join(str(process.pid) for process in left)
        raise ProviderError(f"processes of {folder.path} survived SIGKILL: {pids}")


def _stop_supervisor(folder: Folder, instance: str, grace: float) -> None:
    """Ask the supervisor first: it would restart a program that is killed under it."""
    pid = (folder.record() or Record()).supervisor
    if pid is None or not tree.is_member(pid, instance):
        return
    psutil.Process(pid).terminate()
    deadline = time.monotonic() + grace + tree.KILL_WAIT + STOP_MARGIN
    while folder.supervised() and time.monotonic() < deadline:
        time.sleep(POLL)
