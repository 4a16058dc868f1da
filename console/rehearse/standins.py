"""The process of the stand-in clouds, started and stopped for a rehearsal."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from console.failures import Failed
from infra import paths
from providers.rehearsal.account import Account

START_TIMEOUT = 30.0
"""Seconds for the stand-ins to name their ports."""

STOP_TIMEOUT = 10.0
"""Seconds to end on request, before they are killed."""


class StandIns:
    """A context in which stand-ins for cloud packages listen on this machine.

    Args:
        account: Folder of the account that they serve.
        fault: A fault as the command line writes it, or the empty string.
        packages: Packages to stand in for; none means every one whose SDK is installed.
    """

    def __init__(self, account: Path, fault: str = "", packages: Sequence[str] = ()) -> None:
        self.account = account
        self._fault = fault
        self._packages = packages
        self._process: subprocess.Popen[str] | None = None
        self.attached = ""
        """The value of PULUMI_DEBUG_PROVIDERS; changes with every start."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def died(self) -> int | None:
        """The exit status of a process that ended by itself, as the crash fault makes it; else None."""
        return None if self._process is None else self._process.poll()

    def arm(self, fault: str) -> None:
        """Start anew with one fault, so that no two strike in the same run."""
        self._fault = fault
        self.start()

    def start(self) -> None:
        """Start the process and wait for its ports; what is left of an earlier one is cleared away.

        Raises:
            AccountError: The account can't be used.
            Failed: The process did not start.
        """
        self.stop()
        Account(self.account).close()  # what is wrong with it is told here, and not by a process that ends
        arguments = ["--account", str(self.account), *(["--fault", self._fault] if self._fault else [])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "providers.rehearsal", *arguments, *self._packages],
            cwd=paths.project(),
            stdout=subprocess.PIPE,
            text=True,
        )
        guard = threading.Timer(START_TIMEOUT, self._process.kill)
        guard.start()
        assert self._process.stdout
        self.attached = self._process.stdout.readline().strip()
        guard.cancel()
        if not self.attached:
            raise Failed(f"the stand-in clouds did not start (exit status {self._process.wait()})")

    def stop(self) -> None:
        """End the process; gone already is fine."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()
        self._process = None
