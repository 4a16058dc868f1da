"""A stack on the stage: its engine, its stand-ins, and the phases of each verb."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import psutil
from pulumi import automation

from console.rehearse import drift, pending, where
from console.rehearse.phases import Phase, Verb, play
from console.rehearse.standins import StandIns
from providers.rehearsal.account import Account

Plan = Literal["preview", "up", "refresh", "destroy", "cycle"]

SHOWN = 8
"""How many changes that should not be are named."""

POLL = 0.02
"""Seconds between two looks for the moment to kill the engine."""


@dataclass
class Scene:
    """Everything that a rehearsal plays with."""

    stack: automation.Stack
    standins: StandIns
    config: Path | None = None
    """The stack file to use; None for a program that brings its own configuration."""
    turned: Path | None = None
    """The stack file with a dial turned; None leaves that phase out."""
    freed: Path | None = None
    """The stack file with nothing protected; None when nothing is."""
    ground: tuple["Scene", ...] = ()
    """The stacks that this one stands on, in the order in which they come up. Default: none."""

    def play(self, name: str, verb: Verb, **options: Any) -> Phase:
        """Run one verb with the scene's stack file; after a crash the stand-ins are started again first."""
        if self.standins.died is not None:
            self.standins.start()
        attached = {"PULUMI_DEBUG_PROVIDERS": self.standins.attached}
        self.stack.workspace.env_vars = {**self.stack.workspace.env_vars, **attached}
        if self.config is not None:
            options.setdefault("config_file", str(self.config))
        phase = play(name, verb, self.stack, **options)
        if phase.errors and self.standins.died is not None:
            why = f"the provider's process died with exit status {self.standins.died}"
            return replace(phase, errors=(why, *phase.errors))
        return self._with_places(phase, options)

    def _with_places(self, phase: Phase, options: dict[str, Any]) -> Phase:
        """Add the source line to what a provider refused."""
        urns = {error.rpartition("\n  ")[2] for error in phase.errors if "has a problem" in error}
        places = where.locate(self.stack, urns, **options) if urns else {}
        errors = tuple(
            f"{e}\n  {places[u]}" if (u := e.rpartition("\n  ")[2]) in places else e for e in phase.errors
        )
        return replace(phase, errors=errors, wanted=errors[0] if phase.wanted and errors else phase.wanted)

    def raise_ground(self) -> Iterator[Phase]:
        """Bring up the stacks that this one stands on, one after the other."""
        for scene in self.ground:
            yield replace(scene.play(f"{scene.stack.name}: up", "up"), below=True)

    def clear_ground(self) -> Iterator[Phase]:
        """Take the stacks down again that this one stood on, the last one first."""
        for scene in reversed(self.ground):
            for phase in scene.end():
                yield replace(phase, name=f"{scene.stack.name}: {phase.name}", below=True)

    def single(self, verb: Verb, *, with_drift: bool) -> Iterator[Phase]:
        """Play one verb, after a change behind the engine's back if that is wanted."""
        if with_drift:
            what = drift.inject(self.standins.account, self.stack.name)
            found = self.play(f"{verb} after drift of {what}", verb)
            yield _changes(found, at_least=1 if verb != "destroy" else 0)
        else:
            yield self.play(verb, verb)

    def cycle(self, *, with_drift: bool) -> Iterator[Phase]:
        """Play preview, up, up again, a turned dial, refresh, and drift if wanted. The end is the caller's."""
        yield self.play("preview", "preview")
        yield self.play("up", "up")
        yield _nothing(self.play("up again", "up"))
        yield from self.change()
        yield _nothing(self.play("refresh", "refresh"))
        if with_drift:
            yield from self.drift()

    def change(self) -> Iterator[Phase]:
        """Play an up with the dial turned; later phases keep it turned."""
        if self.turned is not None:
            self.config = self.turned
            yield _changes(self.play("up with a dial turned", "up"), at_least=1)

    def end(self) -> Iterator[Phase]:
        """Play the end: protection off, as a person would take it off, and then destroy."""
        if self.freed is not None:
            self.config = self.freed
            yield self.play("up with protection off", "up")
        yield self.play("destroy", "destroy")

    def drift(self) -> Iterator[Phase]:
        """Change the account behind the engine's back: refresh must see it, and up must mend it."""
        what = drift.inject(self.standins.account, self.stack.name)
        yield _changes(self.play(f"refresh after drift of {what}", "refresh"), at_least=1)
        yield _changes(self.play("up mends the drift", "up"), at_least=1)

    def faulty(self, faults: str) -> Iterator[Phase]:
        """Play an up for each fault, and then the rerun that has to complete."""
        for fault in faults.split(","):
            self.standins.arm(fault)
            with self._killer(fault):
                struck = self.play(f"up with fault {fault}", "up")
            yield replace(struck, wanted="" if struck.errors else f"the fault {fault} did not strike")
            if fault.startswith("kill"):
                self.stack.cancel()  # frees the lock of the killed engine
                cut_off, there = pending.adopt(self.stack, self.standins.account)
                name = f"refresh: {cut_off} cut off, {there} of them exist"
                yield self.play(name, "refresh", clear_pending_creates=True)
        yield self.play("up once more", "up")

    @contextmanager
    def _killer(self, fault: str) -> Iterator[None]:
        """Kill the engine with signal 9 at the moment the stand-in names; do nothing for any other fault."""
        over = threading.Event()
        thread = threading.Thread(target=self._kill_engine, args=(over,), daemon=True)
        if fault.startswith("kill"):
            thread.start()
        try:
            yield
        finally:
            over.set()
            if thread.is_alive():
                thread.join()

    def _kill_engine(self, over: threading.Event) -> None:
        account = Account(self.standins.account)
        while not over.wait(POLL):
            if account.note("kill"):
                account.write_note("kill", "")
                for child in psutil.Process().children():
                    if child.name() == "pulumi":
                        child.kill()
                break
        account.close()


def _nothing(phase: Phase) -> Phase:
    if phase.ok and phase.changed:
        named = "".join(f"\n  {one}" for one in phase.moved[:SHOWN])
        return replace(phase, wanted=f"nothing should change, but {phase.changed} did{named}")
    return phase


def _changes(phase: Phase, at_least: int) -> Phase:
    if phase.ok and phase.changed < at_least:
        return replace(phase, wanted="something should change, and nothing did")
    return phase
