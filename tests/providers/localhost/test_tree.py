"""All processes of an instance."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil

from providers.localhost.process import tree
from providers.localhost.process.spec import MARK

STRAY = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open(sys.argv[1], "w").write(str(os.getpid()))
        time.sleep(600)
    os._exit(0)
os.wait()
"""


def test_a_stray_grandchild_is_found_and_ended(
    tmp_path: Path, until: Callable[[Callable[[], object]], None]
) -> None:
    """A process that left its parent and session, and ignores SIGTERM, still belongs to its instance and ends."""
    note = tmp_path / "pid"
    command = [sys.executable, "-c", STRAY, str(note)]
    subprocess.run(command, env={**os.environ, MARK: "stray-1"}, check=True, timeout=30)
    until(lambda: note.exists() and note.read_text())
    pid = int(note.read_text())
    assert [process.pid for process in tree.members("stray-1")] == [pid]
    assert tree.is_member(pid, "stray-1")
    assert tree.end("stray-1", grace=0.2) == []
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_child_without_the_mark_belongs_to_its_parent(
    until: Callable[[Callable[[], object]], None],
) -> None:
    """A program that cleans its children's environment doesn't lose them."""
    sleeps = "[sys.executable, '-S', '-c', 'import time; time.sleep(600)']"
    cleans = f"import subprocess, sys; subprocess.run({sleeps}, env={{}})"
    with subprocess.Popen(
        [sys.executable, "-S", "-c", cleans], env={**os.environ, MARK: "clean-1"}
    ) as parent:
        until(lambda: len(tree.members("clean-1")) == 2)
        assert tree.end("clean-1", grace=5) == []
    assert parent.returncode


def test_a_pid_alone_proves_nothing() -> None:
    """A process id that is used again by somebody else is no member."""
    assert not tree.is_member(os.getpid(), "somebody-else")
    assert not tree.is_member(None, "somebody-else")
    assert not tree.is_member(2**22 + 1, "somebody-else"), "beyond the largest process id"
