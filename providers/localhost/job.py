"""Job: a program that runs to completion, supervised beyond the end of `pulumi up`."""

import time
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from providers.base.errors import PartialFailure, ProviderError
from providers.base.resource import Context, Created, Resource, derive, narrow
from providers.localhost.process import launch, log
from providers.localhost.process.folder import Folder, Owner
from providers.localhost.process.record import FINAL, Record
from providers.localhost.process.result import Result
from providers.localhost.process.spec import Once, Spec, fingerprint
from providers.localhost.program import ProgramInputs, require_runnable, surroundings
from providers.localhost.progress import Progress

GRACE = 10.0
"""Seconds between SIGTERM and SIGKILL when a job is ended."""

LOOK_EVERY = 0.2
"""Seconds between looks at a running job."""

Status = Literal["running", "succeeded", "failed", "lost"]


class JobInputs(ProgramInputs):
    """A program that ends."""

    retries: int = Field(default=0, ge=0, le=100)
    """Further attempts after a failed one; none after exit code 2, by which a program says that each would end alike:
    it refuses what it was given, or the disk is full."""

    timeout_seconds: float | None = Field(default=None, gt=0)
    """Seconds that one attempt may take before its whole process tree is ended; no limit when absent."""

    result_file: str | None = None
    """JSON file that the job must write, relative to `directory`; when absent, `result.json` may be written.
    The path is in $CAUSEWAY_RESULT."""

    @property
    def expected(self) -> Result:
        """Where the job writes its result, and whether it must."""
        return Result(str(self.path / (self.result_file or "result.json")), self.result_file is not None)


class JobState(JobInputs):
    """A job that was started."""

    status: Status
    """`running`, `succeeded`, `failed`, or `lost`: its supervisor was killed, or the machine restarted."""

    attempts: int
    """Attempts made so far."""

    log_file: str
    """What the job wrote to its standard output and error."""

    instance: str
    """Random name of this job's claim on its folder."""

    exit_code: int | None = None
    """Exit code of the last attempt; negative is the signal that ended it."""

    started_at: str | None = None
    """When the last attempt began, ISO 8601, UTC."""

    finished_at: str | None = None
    """When the last attempt ended, ISO 8601, UTC."""

    result: dict[str, Any] = Field(default_factory=dict)
    """The JSON object that the job wrote; empty when it wrote none."""


class Job(Resource[JobInputs, JobState]):
    """A program that runs to completion on this machine. A change of what it runs runs it anew."""

    token: ClassVar[str] = "localhost:index:Job"
    inputs = JobInputs
    state = JobState
    replace_on = frozenset({"command", "environment", "directory", "workdir", "triggers", "resultFile"})
    delete_before_replace = True
    stable_outputs = frozenset({"logFile", "instance"})
    secret_when_imported = frozenset({"environment"})

    def create(self, ctx: Context, inputs: JobInputs) -> Created[JobState]:
        """Run the job and wait for its end; an interrupted run of this resource is adopted."""
        require_runnable(inputs)
        folder = Folder(inputs.path)
        owner = folder.claim(ctx.urn)
        return Created(str(folder.path), run(ctx, folder, owner, inputs))

    def read(self, ctx: Context, id_: str, state: JobState | None) -> JobState | None:
        """Find the job again by its folder."""
        del ctx
        folder = Folder(Path(id_))
        owner = folder.owner()
        if owner is None or (state and owner.instance != state.instance):
            return None
        if state:
            return look(folder, owner, narrow(JobInputs, state))
        spec = folder.spec()
        return look(folder, owner, JobInputs.model_validate(spec.inputs)) if spec else None

    def diff(self, ctx: Context, state: JobState, inputs: JobInputs) -> list[str]:
        """A job that did not succeed is to be run, or waited for, again."""
        del ctx, inputs
        return [] if state.status == "succeeded" else ["status"]

    def update(self, ctx: Context, id_: str, state: JobState, inputs: JobInputs) -> JobState:
        """Wait for a job that still runs, run again one that failed or was lost, leave one that succeeded."""
        require_runnable(inputs)
        folder = Folder(Path(id_))
        return run(ctx, folder, folder.claim(ctx.urn, state.instance), inputs)

    def delete(self, ctx: Context, id_: str, state: JobState) -> None:
        """End the job's whole process tree and remove its folder."""
        del ctx
        launch.erase(Folder(Path(id_)), state.instance, GRACE)


def run(ctx: Context, folder: Folder, owner: Owner, inputs: JobInputs) -> JobState:
    """Bring the job to its end; whatever goes wrong from here on, state keeps the job."""
    progress = Progress(ctx, folder)
    try:
        with folder.held():
            _ensure(folder, owner, specify(owner, inputs))
        reason = _wait(ctx, folder, progress)
    except ProviderError as error:
        reason = str(error)
    state = look(folder, owner, inputs)
    if reason is None and state.status != "succeeded":
        reason = explain(folder, state.status)
    if reason:
        raise PartialFailure(str(folder.path), state, [reason])
    return state


def specify(owner: Owner, inputs: JobInputs) -> Spec:
    """Write down what the supervisor is to run."""
    extra = {"CAUSEWAY_RESULT": inputs.expected.path}
    what = inputs.model_dump(include={"command", "environment", "workdir", "triggers", "result_file"})
    return Spec(
        command=tuple(inputs.command),
        environment=surroundings(inputs, owner.instance, extra),
        workdir=inputs.cwd,
        grace=GRACE,
        plan=Once(inputs.retries, inputs.timeout_seconds),
        fingerprint=fingerprint(what),
        port=None,
        result=inputs.expected,
        inputs=inputs.bag(),
    )


def _ensure(folder: Folder, owner: Owner, wanted: Spec) -> None:
    """See that the job runs or has succeeded; nothing is run twice."""
    present, record = folder.spec(), folder.record()
    same = present is not None and present.fingerprint == wanted.fingerprint
    if same and folder.supervised():
        return
    if same and record and record.phase == "succeeded":
        folder.put_spec(wanted)
        return
    launch.end(folder, owner.instance)
    launch.start(folder, wanted)


def _wait(ctx: Context, folder: Folder, progress: Progress) -> str | None:
    """Wait for the end; give the reason when it isn't waited for any longer."""
    deadline = time.monotonic() + ctx.timeout if ctx.timeout else None
    while folder.supervised():
        progress.tell()
        goes_on = "the job goes on in the background: `pulumi up` waits for it, `pulumi destroy` ends it"
        if ctx.cancelled.wait(LOOK_EVERY):
            return f"interrupted; {goes_on}"
        if deadline and time.monotonic() > deadline:
            return f"not finished within the {ctx.timeout:g} seconds of customTimeouts; {goes_on}"
    return None


def look(folder: Folder, owner: Owner, inputs: JobInputs) -> JobState:
    """Give the state of the job as its folder tells it now."""
    # First the supervisor, then its record: one that ends in between has written its last word.
    supervised = folder.supervised()
    record = folder.record() or Record()
    return derive(
        JobState,
        inputs,
        status=_status(record, supervised=supervised),
        attempts=record.attempts,
        log_file=str(folder.log),
        instance=owner.instance,
        exit_code=record.exit_code,
        started_at=record.started_at,
        finished_at=record.finished_at,
        result=dict(record.result),
    )


def _status(record: Record, *, supervised: bool) -> Status:
    if record.phase == "succeeded":
        return "succeeded"
    if record.phase in FINAL:
        return "failed"
    return "running" if supervised else "lost"


def explain(folder: Folder, status: Status) -> str:
    """Say why the job did not succeed, with the end of its log."""
    record = folder.record() or Record()
    if status == "lost":
        why = "the job's supervisor was killed; `pulumi up` runs it again"
    else:
        plural = "" if record.attempts == 1 else "s"
        why = f"the job failed: {record.reason} ({record.attempts} attempt{plural})"
    return f"{why}\n{log.excerpt(folder.log)}"
