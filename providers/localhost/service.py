"""Service: a long-lived program with a port, a health check and restarts."""

import time
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from providers.base.errors import PartialFailure, Problem, ProviderError
from providers.base.resource import Context, Created, Resource, derive, narrow
from providers.localhost.process import health, launch, log, ports, tree
from providers.localhost.process.folder import Folder, Owner
from providers.localhost.process.record import FINAL, Record, age
from providers.localhost.process.spec import MARK, KeepUp, Policy, Spec, fingerprint
from providers.localhost.program import ProgramInputs, require_runnable, surroundings

LOOK_EVERY = 0.2
"""Seconds between looks at a service that starts."""

GIVEN = frozenset({"HOST", "PORT"})
"""Variables that tell the program where to listen."""

Status = Literal["running", "stopped", "unhealthy"]


class ServiceInputs(ProgramInputs):
    """A program that stays."""

    port: int = Field(default=0, ge=0, le=65535)
    """Port on 127.0.0.1, told to the program as $HOST and $PORT; 0 takes a free one and keeps it."""

    health_path: str = Field(default="/health", pattern="^/")
    """Path that answers an HTTP GET with 2xx when the service is ready."""

    start_timeout_seconds: float = Field(default=60.0, gt=0)
    """Seconds to become ready."""

    drain_seconds: float = Field(default=10.0, ge=0)
    """Seconds between SIGTERM and SIGKILL."""

    restart: Policy = "on-failure"
    """When to start it again after it ended: `never`, `on-failure` or `always`."""

    max_restarts: int = Field(default=5, ge=0)
    """Restarts in a row before it is given up; a minute of running starts a new row."""


class ServiceState(ServiceInputs):
    """A service that was started."""

    status: Status
    """`running`, `stopped`, or `unhealthy`: it runs, but doesn't answer or lost its supervisor."""

    url: str
    """Where it answers, such as `http://127.0.0.1:24817`."""

    log_file: str
    """What the service wrote to its standard output and error."""

    instance: str
    """Random name of this service's claim on its folder."""

    restarts: int = 0
    """Restarts since it was started or updated."""

    pid: int | None = None
    """Process id of the program."""


class Service(Resource[ServiceInputs, ServiceState]):
    """A long-lived program on this machine. A change of what it runs restarts it on the same port."""

    token: ClassVar[str] = "localhost:index:Service"
    inputs = ServiceInputs
    state = ServiceState
    replace_on = frozenset({"directory"})
    delete_before_replace = True
    stable_outputs = frozenset({"port", "url", "logFile", "instance"})
    filled_in = frozenset({"port"})
    secret_when_imported = frozenset({"environment"})

    def check(self, ctx: Context, inputs: ServiceInputs) -> list[Problem]:
        """The port has one place to be set."""
        del ctx
        text = "is set from the port; set `port` instead"
        return [Problem(("environment", name), text) for name in sorted(GIVEN & inputs.environment.keys())]

    def create(self, ctx: Context, inputs: ServiceInputs) -> Created[ServiceState]:
        """Start the service and wait until it answers; what an interrupted run of this resource started is adopted."""
        folder = Folder(inputs.path)
        present = folder.owner()
        _require(inputs, present)
        owner = folder.claim(ctx.urn)
        return Created(str(folder.path), bring_up(ctx, folder, owner, inputs))

    def read(self, ctx: Context, id_: str, state: ServiceState | None) -> ServiceState | None:
        """Find the service again by its folder, and ask whether it answers."""
        del ctx
        folder = Folder(Path(id_))
        owner, spec = folder.owner(), folder.spec()
        if owner is None or spec is None or (state and owner.instance != state.instance):
            return None
        inputs = narrow(ServiceInputs, state) if state else ServiceInputs.model_validate(spec.inputs)
        return look(folder, owner, inputs)

    def diff(self, ctx: Context, state: ServiceState, inputs: ServiceInputs) -> list[str]:
        """A service that doesn't run now is to be started again, whatever state says."""
        del ctx, inputs
        folder = Folder(Path(state.directory))
        alive = folder.belongs_to(state.instance) and status(folder, state.instance, state) == "running"
        return [] if alive and state.status == "running" else ["status"]

    def update(self, ctx: Context, id_: str, state: ServiceState, inputs: ServiceInputs) -> ServiceState:
        """Restart what must be restarted, on the same port; leave alone what runs as it should."""
        folder = Folder(Path(id_))
        _require(inputs, folder.owner())
        return bring_up(ctx, folder, folder.claim(ctx.urn, state.instance), inputs)

    def delete(self, ctx: Context, id_: str, state: ServiceState) -> None:
        """Drain, end every process, and remove the folder."""
        del ctx
        launch.erase(Folder(Path(id_)), state.instance, state.drain_seconds)


def _require(inputs: ServiceInputs, present: Owner | None) -> None:
    """Refuse what can't work before anything is made, started or stopped."""
    require_runnable(inputs)
    if inputs.port:
        ports.require_free(inputs.port, present.instance if present else None)


def bring_up(ctx: Context, folder: Folder, owner: Owner, inputs: ServiceInputs) -> ServiceState:
    """See that the service runs and answers; whatever goes wrong from here on, state keeps the service."""
    try:
        with folder.held():
            _ensure(ctx, folder, owner, inputs)
        reason = _wait(ctx, folder, inputs)
    except ProviderError as error:
        reason = str(error)
    state = look(folder, owner, inputs)
    if reason:
        raise PartialFailure(str(folder.path), state, [reason])
    return state


def specify(owner: Owner, inputs: ServiceInputs, port: int) -> Spec:
    """Write down what the supervisor is to run."""
    what = inputs.model_dump(include={"command", "environment", "workdir", "triggers"})
    return Spec(
        command=tuple(inputs.command),
        environment=surroundings(inputs, owner.instance, {"HOST": ports.LOOPBACK, "PORT": str(port)}),
        workdir=inputs.cwd,
        grace=inputs.drain_seconds,
        plan=KeepUp(inputs.restart, inputs.max_restarts),
        fingerprint=fingerprint({**what, "port": port}),
        port=port,
        result=None,
        inputs=inputs.bag(),
    )


def _ensure(ctx: Context, folder: Folder, owner: Owner, inputs: ServiceInputs) -> None:
    """Start the service unless it runs already as wanted."""
    present = folder.spec()
    kept = present.port if present else None
    wanted = specify(owner, inputs, inputs.port or kept or ports.choose(inputs.directory))
    if present and present.fingerprint == wanted.fingerprint and _promising(folder, present, inputs):
        # The supervisor reads the restart policy anew each time the program ends.
        folder.put_spec(wanted)
        return
    launch.end(folder, owner.instance)
    if kept and wanted.port == kept and not inputs.port and not ports.is_free(kept):
        wanted = specify(owner, inputs, ports.choose(inputs.directory))
        ctx.log("warning", f"port {kept} was taken meanwhile; the service moves to {wanted.port}")
    launch.start(folder, wanted)


def _promising(folder: Folder, spec: Spec, inputs: ServiceInputs) -> bool:
    """Say whether the service answers, or was started too short ago to be given up."""
    record = folder.record()
    if not folder.supervised() or record is None or record.phase in FINAL:
        return False
    young = age(record.started_at) < inputs.start_timeout_seconds
    return young or _answer(spec, inputs) is None


def _answer(spec: Spec, inputs: ServiceInputs) -> str | None:
    """Ask for the service's health: None when it is well, else what is wrong."""
    assert spec.port is not None, "a service's spec has a port"
    problem = health.ask(spec.port, inputs.health_path)
    if problem:
        return f"GET {address(spec)}{inputs.health_path} gives {problem}"
    process = ports.holder(spec.port)
    if process and not tree.is_member(process.pid, spec.environment[MARK]):
        return f"port {spec.port} is answered by {ports.named(process)} instead"
    return None


def _wait(ctx: Context, folder: Folder, inputs: ServiceInputs) -> str | None:
    """Wait until the service answers; give the reason when it doesn't."""
    limit = min(inputs.start_timeout_seconds, ctx.timeout or inputs.start_timeout_seconds)
    deadline = time.monotonic() + limit
    while (answer := _not_ready(folder, inputs)) is not None:
        if not folder.supervised():
            record = folder.record() or Record()
            return f"the service ended: {record.reason}\n{log.excerpt(folder.log)}"
        if time.monotonic() > deadline:
            return f"the service isn't ready after {limit:g} seconds: {answer}\n{log.excerpt(folder.log)}"
        if ctx.cancelled.wait(LOOK_EVERY):
            return "interrupted; the service goes on starting: `pulumi up` waits for it, `pulumi destroy` ends it"
    return None


def _not_ready(folder: Folder, inputs: ServiceInputs) -> str | None:
    """Say what keeps the service from being ready, None when it is."""
    record, spec = folder.record(), folder.spec()
    if record is None or spec is None or record.phase != "running":
        return f"it is {record.phase}: {record.reason}" if record else "it was removed"
    return _answer(spec, inputs)


def address(spec: Spec) -> str:
    """Give the address that a service answers at."""
    return f"http://{ports.LOOPBACK}:{spec.port}"


def look(folder: Folder, owner: Owner, inputs: ServiceInputs) -> ServiceState:
    """Give the state of the service as it is now."""
    record, spec = folder.record() or Record(), folder.spec() or specify(owner, inputs, inputs.port)
    return derive(
        ServiceState,
        inputs,
        port=spec.port,
        status=status(folder, owner.instance, inputs),
        url=address(spec),
        log_file=str(folder.log),
        instance=owner.instance,
        restarts=record.restarts,
        pid=record.worker,
    )


def status(folder: Folder, instance: str, inputs: ServiceInputs) -> Status:
    """Say how the service is now."""
    if folder.supervised():
        return "running" if _not_ready(folder, inputs) is None else "unhealthy"
    # A supervisor that is just ending has let go of its lock, but still carries the mark.
    record = folder.record() or Record()
    return "unhealthy" if tree.members(instance, without=[record.supervisor]) else "stopped"
