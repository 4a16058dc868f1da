"""The process that keeps a job or service going after `pulumi up` has ended: `python -m … FOLDER`.

It runs in a session of its own and holds no pipe of the engine. All it knows stands in the folder's spec, all it
says goes to the folder's record. SIGTERM ends the program (SIGTERM, grace, SIGKILL) and then the supervisor.
"""

import os
import signal
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from providers.base.signals import Signals
from providers.base.values import Bag
from providers.localhost.process import files
from providers.localhost.process.folder import Folder
from providers.localhost.process.log import START, RotatingLog
from providers.localhost.process.record import Record, now
from providers.localhost.process.spec import KeepUp, Once, Spec
from providers.localhost.process.worker import Worker

LOCK_WAIT = 5.0
"""Seconds to wait for the lock: somebody who only looks holds it for an instant."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before the first further start, doubled each time up to the longest."""

STABLE = 60.0
"""Seconds after which a service counts as started well: earlier restarts are forgotten."""

NO_SUCH_PROGRAM = 127
"""Exit code of a program that could not be started, as shells give it."""

REFUSED = 2
"""Exit code of a program that refuses what it was given, or finds the disk full: another attempt would end alike."""

ASKED = "it was asked to stop"


@dataclass(frozen=True)
class Outcome:
    """How one run of the program ended."""

    code: int
    seconds: float
    reason: str
    good: bool = False
    result: Bag = field(default_factory=dict)


class Supervisor:
    """Starts the folder's program, waits for it, and keeps the record."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._log = RotatingLog(folder.log)
        self._signals = Signals(signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
        self.stopping = False

    def spec(self) -> Spec:
        """Read what to run; how often to restart may change while the program runs."""
        spec = self._folder.spec()
        assert spec is not None, "a supervisor is started after the spec is written"
        return spec

    def record(self) -> Record:
        """Read what was said last."""
        return self._folder.record() or Record()

    def say(self, **changed: Any) -> None:
        """Change some of the record."""
        self._folder.put_record(replace(self.record(), **changed))

    def attempt(self, spec: Spec, limit: float | None = None) -> Outcome:
        """Run the program to its end, its timeout, or our own; the record says how it ended."""
        self._prepare(spec)
        outcome = self._run(spec, limit)
        self.say(finished_at=now(), exit_code=outcome.code, reason=outcome.reason, result=outcome.result)
        return outcome

    def pause(self, number: int) -> bool:
        """Wait before the next start; False when we are to stop instead."""
        self.say(phase="waiting")
        deadline = time.monotonic() + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (number - 1))
        while not self.stopping and time.monotonic() < deadline:
            self._listen(deadline)
        return not self.stopping

    def _prepare(self, spec: Spec) -> None:
        if spec.result:
            Path(spec.result.path).unlink(missing_ok=True)
        attempts = self.record().attempts + 1
        self._log.write(f"{START}{attempts}, {now()}\n".encode())
        self.say(attempts=attempts, started_at=now(), finished_at=None, exit_code=None, worker=None)

    def _run(self, spec: Spec, limit: float | None) -> Outcome:
        began = time.monotonic()
        try:
            worker = Worker.start(spec, self._log)
        except OSError as error:
            reason = f"{spec.command[0]} can't be started in {spec.workdir}: {error.strerror}"
            return Outcome(NO_SUCH_PROGRAM, 0.0, reason)
        self.say(phase="running", worker=worker.process.pid)
        in_time = self._wait(worker, None if limit is None else began + limit)
        code, seconds = worker.finish(), time.monotonic() - began
        if not in_time:
            return Outcome(
                code or -signal.SIGKILL, seconds, f"it took longer than {limit:g} seconds and was ended"
            )
        return judge(spec, code, seconds)

    def _wait(self, worker: Worker, deadline: float | None) -> bool:
        """Wait until the program ends or we are to stop; False when the time was up before."""
        while worker.process.poll() is None and not self.stopping:
            if deadline is not None and time.monotonic() >= deadline:
                return False
            self._listen(deadline)
        return True

    def _listen(self, deadline: float | None) -> None:
        """Wait for the next signal, at most until the deadline, and note the wish to stop."""
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if self._signals.wait(left) & {signal.SIGTERM, signal.SIGINT}:
            self.stopping = True


def judge(spec: Spec, code: int, seconds: float) -> Outcome:
    """Say whether a program that ended did well: exit code 0, and a result where one is due."""
    if code:
        return Outcome(code, seconds, describe(code))
    try:
        result = spec.result.read() if spec.result else {}
    except ValueError as error:
        return Outcome(code, seconds, str(error))
    return Outcome(code, seconds, describe(code), good=True, result=result)


def describe(code: int) -> str:
    """Put an exit code in words."""
    if code < 0:
        return f"it was ended by {signal.Signals(-code).name}"
    return f"exit code {code}" if code else "it ended by itself"


def run_once(supervisor: Supervisor, spec: Spec, plan: Once) -> None:
    """Run to completion, again after a failure as often as the plan allows; a refusal is final."""
    for number in range(plan.retries + 1):
        if number and not supervisor.pause(number):
            break
        outcome = supervisor.attempt(spec, plan.timeout)
        if supervisor.stopping or outcome.good or outcome.code == REFUSED:
            break
    if supervisor.stopping:
        supervisor.say(phase="stopped", reason=ASKED)
    else:
        supervisor.say(phase="succeeded" if outcome.good else "failed")


def keep_up(supervisor: Supervisor) -> None:
    """Run for ever: again after each end, as the policy of that moment says."""
    in_a_row = 0
    while True:
        outcome = supervisor.attempt(supervisor.spec())
        in_a_row = 0 if outcome.seconds > STABLE else in_a_row
        plan = supervisor.spec().plan
        assert isinstance(plan, KeepUp), plan
        why = None if supervisor.stopping else final(plan, outcome, in_a_row)
        if why:
            return supervisor.say(phase="stopped" if outcome.good else "failed", reason=why)
        if supervisor.stopping or not supervisor.pause(in_a_row + 1):
            return supervisor.say(phase="stopped", reason=ASKED)
        in_a_row += 1
        supervisor.say(restarts=supervisor.record().restarts + 1)


def final(plan: KeepUp, outcome: Outcome, in_a_row: int) -> str | None:
    """Say why the service isn't restarted any more, None when it is."""
    if plan.policy == "never" or (plan.policy == "on-failure" and outcome.code == 0):
        return outcome.reason
    if in_a_row >= plan.max_restarts:
        return f"{outcome.reason}; given up after {in_a_row} restarts in a row"
    return None


def main(path: str) -> None:
    """Supervise a folder, unless another supervisor does."""
    folder = Folder(Path(path))
    with files.locked(folder.supervisor_lock, LOCK_WAIT):
        supervisor = Supervisor(folder)
        spec = supervisor.spec()
        supervisor.say(phase="starting", supervisor=os.getpid(), restarts=0, reason=None)
        match spec.plan:
            case Once() as plan:
                run_once(supervisor, spec, plan)
            case KeepUp():
                keep_up(supervisor)
        # Without the interpreter's farewell: who sees the lock free may take this process for gone.
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
