"""Ctrl-C reaches the engine once and ends the verb, also where it falls between two of the engine's commands."""

import os
import signal
import subprocess
import sys
import time
from typing import Any

import psutil
import pytest

from console import interrupts
from console.interrupts import forwarded

ENGINE = "import signal, sys, time; signal.signal(signal.SIGINT, lambda *_: sys.exit({code})); print(1, flush=True); "


def engine(code: int) -> "subprocess.Popen[bytes]":
    """Start a process that ends well, or not, when it is told to stop."""
    command = [sys.executable, "-c", ENGINE.format(code=code) + "time.sleep(60)"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout
    assert process.stdout.readline() == b"1\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("code", [0, 3])
def test_the_engine_is_told_and_waited_for(
    number: signal.Signals, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it then ends well or not, the verb ends as cancelled, and no further command begins."""
    process = engine(code)
    monkeypatch.setattr(interrupts, "_children", lambda: [psutil.Process(process.pid)])

    def command() -> Any:
        with process:
            os.kill(os.getpid(), number)
            if process.wait(20):
                raise RuntimeError("the engine failed")

    with pytest.raises(KeyboardInterrupt), forwarded():
        command()
    assert process.returncode == code


def test_between_two_commands_it_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is in flight, so nothing is waited for."""
    monkeypatch.setattr(interrupts, "_children", list)

    def command() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(20)
        pytest.fail("it went on")

    with pytest.raises(KeyboardInterrupt), forwarded():
        command()


def test_what_is_ignored_stays_ignored() -> None:
    """`nohup causeway up` survives its terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with forwarded():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
