"""One run of the program: a process in a session of its own, its output pumped into the log."""

import os
import subprocess
from dataclasses import dataclass
from typing import Self

from providers.localhost.process import tree
from providers.localhost.process.inherit import inherited
from providers.localhost.process.log import Pump, RotatingLog
from providers.localhost.process.spec import MARK, Spec

PUMP_WAIT = 2.0
"""Seconds for the last output after every process is gone."""


@dataclass(frozen=True)
class Worker:
    """A started program."""

    process: subprocess.Popen[bytes]
    instance: str
    grace: float
    pump: Pump
    log: RotatingLog

    @classmethod
    def start(cls, spec: Spec, log: RotatingLog) -> Self:
        """Start the program; OSError when there is none or it can't run. The environment never enters argv."""
        reader, writer = os.pipe()
        try:
            process = subprocess.Popen(
                spec.command,
                env={**inherited(), **spec.environment},
                cwd=spec.workdir,
                stdin=subprocess.DEVNULL,
                stdout=writer,
                stderr=writer,
                start_new_session=True,
            )
        except OSError:
            os.close(reader)
            raise
        finally:
            os.close(writer)
        pump = Pump(reader, log)
        pump.start()
        return cls(process, spec.environment[MARK], spec.grace, pump, log)

    def finish(self) -> int:
        """End what is left of it, children included, and give the program's exit code."""
        tree.end(self.instance, self.grace)
        code = self.process.wait()
        self.pump.join(PUMP_WAIT)
        return code
