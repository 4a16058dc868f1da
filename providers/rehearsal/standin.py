"""The provider protocol for any resource type of one package, answered out of the rehearsal's account."""

import os
import threading
import time
from collections.abc import Sequence
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from providers.base import wire
from providers.base.diff import changes, respond
from providers.base.errors import PartialFailure, Problem, ProviderError
from providers.base.failures import answering, check_failure
from providers.base.plugin import ENGINE_OWN, Plugin
from providers.base.resource import Context
from providers.base.secrets import Blotter
from providers.base.values import Bag, plain
from providers.rehearsal.account import Name, Record
from providers.rehearsal.cloud import Cloud, Made, Settings
from providers.rehearsal.faults import PAUSE, RETRIES, Fault, Schedule
from providers.rehearsal.schema import UnknownTokenError

CRASHED = 70
"""Exit status of a stand-in that the crash fault took down (EX_SOFTWARE of sysexits.h)."""

PATIENCE = 30.0
"""Seconds that a creation waits for the command to kill the engine in the middle of it."""

LAST_WORDS = 0.5
"""Seconds in which answers leave a process that is about to crash."""


class StandIn(Plugin):
    """One package's provider."""

    def __init__(self, cloud: Cloud, faults: Sequence[Fault] = ()) -> None:
        super().__init__(cloud.package, cloud.sdk.version)
        self.cloud = cloud
        self.account = cloud.account
        self._faults = Schedule(faults, cloud.account, lambda token: cloud.table.row(token).capacity)
        self._settings: dict[str, Settings] = {}
        self._creating = threading.Lock()
        self._engines: set[str] = set()

    # Configuration. Every provider instance of the engine has its own connection, hence its own settings.

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Count the connections of the run that begins."""
        self._engines.add(context.peer())
        return super().Attach(request, context)

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Forget what a preview planned when the last connection of its run ends."""
        self._engines.discard(context.peer())
        if not self._engines:
            self._end_run()
        return super().Cancel(request, context)

    def _end_run(self) -> None:
        self._engines.clear()
        self.cloud.planned.clear()
        self._faults.new_run()

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Refuse settings that the package does not have."""
        del context
        news = wire.decode(request.news)
        own = {name: value for name, value in news.items() if name not in ENGINE_OWN}
        failures = [check_failure(problem, news) for problem in self.cloud.config_problems(own)]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Keep the settings of this provider instance."""
        self._settings[context.peer()] = self.cloud.configure(wire.decode(request.args))
        return super().Configure(request, context)

    def _of(self, context: grpc.ServicerContext) -> Settings:
        return self._settings.get(context.peer()) or self.cloud.configure({})

    # The life of a resource.

    @answering
    def Check(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Refuse what the cloud would refuse, every mistake at once."""
        old, new = wire.decode(request.olds), wire.decode(request.news)
        name = request.name or request.urn.rpartition("::")[2]
        try:
            checked = self.cloud.named(request.type, name, request.randomSeed, old, new)
            problems = self.cloud.problems(request.type, checked, self._of(context))
        except UnknownTokenError as error:
            checked, problems = new, [Problem((), str(error))]
        blotter = Blotter([new])
        failures = [check_failure(Problem(p.path, blotter.clean(p.reason)), new) for p in problems]
        return provider_pb2.CheckResponse(inputs=wire.encode(checked), failures=failures)

    @answering
    def Diff(
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Compare old and new inputs; what can't be changed in place replaces the resource."""
        del context
        old, new = wire.decode(request.old_inputs), wire.decode(request.news)
        found = [c for c in changes(old, new) if not str(c.path[0]).startswith("__")]
        replace_on = frozenset(str(c.path[0]) for c in found if self.cloud.replaces(request.type, c.path))
        return respond(found, (), replace_on, delete_first=self.cloud.deletes_first(request.type, old, new))

    @answering
    def Create(
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        """Make the resource, unless a fault strikes."""
        inputs = wire.decode(request.properties)
        if request.preview:
            foreseen = self.cloud.foresee(request.type, inputs)
            return provider_pb2.CreateResponse(properties=wire.encode(foreseen))
        ctx = self.context(context, request.urn, request.timeout, inputs)
        with self._creating:
            fault = self._faults.strikes(request.type)
        if fault:
            self._fail_before(fault, request.type, ctx)
        made = self._create(request, inputs, self._of(context))
        if fault:
            self._fail_after(fault, made, context)
        return provider_pb2.CreateResponse(id=made.id, properties=wire.encode(made.outputs))

    def _create(self, request: provider_pb2.CreateRequest, inputs: Bag, settings: Settings) -> Made:
        name = request.name or request.urn.rpartition("::")[2]
        made = self.cloud.make(request.type, name, inputs, settings)
        with self.account.change():
            if self.account.find(request.type, made.place, made.id):
                kind = request.type.rpartition(":")[2]
                raise ProviderError(f"{self.cloud.exists_error}: a {kind} {made.id!r} already exists")
            if reason := self.cloud.collision(request.type, plain(inputs)):
                raise ProviderError(reason)
            own = Name(request.type, made.place, made.id, request.urn)
            self.account.add(own, inputs, made.outputs, made.issued)
        return made

    @answering
    def Read(
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        """Tell what the account has now, for a refresh or an import."""
        state, inputs = wire.decode(request.properties), wire.decode(request.inputs)
        record = self._record(request, self._of(context), state)
        if record is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=record.id,
            properties=wire.encode(self.account.reveal(record.outputs, state)),
            inputs=wire.encode(self.account.reveal(record.inputs, inputs)),
        )

    @answering
    def Update(
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        """Change the resource in place."""
        olds, news, settings = wire.decode(request.olds), wire.decode(request.news), self._of(context)
        if request.preview:
            foreseen = self.cloud.foresee_update(request.type, olds, news)
            return provider_pb2.UpdateResponse(properties=wire.encode(foreseen))
        with self.account.change():
            record = self._record(request, settings, olds)
            if record is None:
                raise ProviderError(f"{request.id!r} does not exist any more: run `pulumi refresh`")
            outputs = self.cloud.update(record, _without_dropped(record, olds, news), news, settings)
            self.account.rewrite(record, news, outputs)
        return provider_pb2.UpdateResponse(properties=wire.encode(outputs))

    @answering
    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Remove the resource, unless another one still uses it."""
        with self.account.change():
            record = self._record(request, self._of(context), wire.decode(request.properties))
            if record and (holders := self.cloud.holders(record)):
                code = self.cloud.table.row(record.token).held_error
                raise ProviderError(f"{code}: {record.id} is still used by {_listed(holders)}")
            if record:
                self.account.remove(record)
                self.cloud.removed(record)
        return empty_pb2.Empty()

    @answering
    def Invoke(
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        """Answer a look-up."""
        answer = self.cloud.invoke(request.tok, plain(wire.decode(request.args)), self._of(context))
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(wire.encode(answer))  # the field's name is a keyword of Python
        return response

    def _record(self, request: Any, settings: Settings, state: Bag) -> Record | None:
        place = self.cloud.place(request.type, plain(state), settings)
        return self.account.find(request.type, place, request.id)

    # Faults.

    def _fail_before(self, fault: Fault, token: str, ctx: Context) -> None:
        """Strike before anything exists."""
        if fault.kind == "crash":
            with (
                self.account.change()
            ):  # nobody else makes anything, and what is made already gets its answer
                time.sleep(LAST_WORDS)
                os._exit(CRASHED)
        if fault.kind == "throttle":
            self._retry_in_vain(ctx)
        if fault.kind in {"quota", "capacity", "throttle", "partial"}:
            text = self.cloud.table.facts["faults"][fault.kind]
            raise ProviderError(f"{text} (rehearsed fault {fault.name} on {token})")

    def _retry_in_vain(self, ctx: Context) -> None:
        for attempt in range(1, RETRIES + 1):
            pause = PAUSE * 2**attempt
            ctx.log("warning", f"rate exceeded; attempt {attempt} of {RETRIES}, next in {pause:.1f} s")
            if ctx.cancelled.wait(pause):
                return

    def _fail_after(self, fault: Fault, made: Made, call: grpc.ServicerContext) -> None:
        """Strike when the resource exists already."""
        if fault.kind == "timeout":
            waited = f"timeout while waiting for {made.id} to become ready (rehearsed fault {fault.name})"
            reason = f"{waited}; it exists: run `pulumi up` again"
            raise PartialFailure(made.id, made.outputs, [reason])
        if fault.kind == "kill":
            self.account.write_note("kill", made.id)
            end = time.monotonic() + PATIENCE
            while call.is_active() and time.monotonic() < end:
                time.sleep(PAUSE)
            self._end_run()  # a killed engine says no good-bye

    def pack_partial(self, request: Any, state: Any) -> struct_pb2.Struct:
        """Write a half-made resource's state."""
        del request
        return wire.encode(state)


def _without_dropped(record: Record, olds: Bag, news: Bag) -> Bag:
    """The old outputs less the inputs that the program no longer gives."""
    return {name: value for name, value in olds.items() if name in news or name not in record.inputs}


def _listed(holders: list[Record]) -> str:
    names = [
        f"{holder.id} ({holder.token.rpartition(':')[2]} {holder.urn.rpartition('::')[2]!r})"
        for holder in holders
    ]
    return ", ".join(names[:5])
