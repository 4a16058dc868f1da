"""Progress of an operation: one line a resource as it changes, with a live line for what runs now."""

import time
import warnings
from types import TracebackType
from typing import Self

from pulumi.automation.events import EngineEvent, StepEventMetadata
from rich.markup import escape
from rich.status import Status

from console import say
from console.events import Gathered, name_of, plain, short_type, step

_VERB = {
    "create": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "create-replacement": "replace",
    "refresh": "read",
}


_ADVICE = "These resources are in an unknown state"
"""Where the engine's advice on cut-off work begins; our verbs refresh by themselves."""

_AGAIN = "\nWill retry in "
"""Where the engine begins to say that it tries a download again, which it does five times."""


class Progress:
    """A context that prints events as they come and keeps what matters."""

    def __init__(self, title: str, *, quiet: bool = False) -> None:
        self.gathered = Gathered()
        self._title = title
        self._quiet = quiet
        self._started: dict[str, float] = {}
        self._status: Status | None = None
        self._warned: set[str] = set()

    def __enter__(self) -> Self:
        # the automation's reader warns when the engine is killed; the error that follows says it to people
        warnings.filterwarnings("ignore", "Error in event stream", UserWarning)
        if not self._quiet and say.people.is_terminal:
            self._status = say.people.status(self._title)
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()

    def take(self, event: EngineEvent) -> None:
        """Handle one event of the engine; runs in the Automation API's reader thread."""
        self.gathered.take(event)
        if self._quiet:
            return
        if found := step(event):
            self._step(*found)
        if event.diagnostic_event:
            self._diagnostic(plain(event.diagnostic_event.message).strip(), event)

    def _step(self, phase: str, metadata: StepEventMetadata) -> None:
        verb = _VERB.get(str(getattr(metadata.op, "value", metadata.op)))
        if verb is None or verb == "read" or not _is_real(metadata):
            return
        urn, what = metadata.urn, f"{short_type(metadata.type)} {name_of(metadata.urn)}"
        if phase == "start":
            self._started.setdefault(urn, time.monotonic())
            self._live(f"{verb} {what}")
            return
        seconds = time.monotonic() - self._started.pop(urn, time.monotonic())
        mark = "[green]✓[/]" if phase == "done" else "[red]✗[/]"
        say.people.print(f"{mark} {verb:8}{escape(what)}  [dim]{seconds:.1f} s[/]")

    def _diagnostic(self, text: str, event: EngineEvent) -> None:
        diagnostic = event.diagnostic_event
        if not text or diagnostic is None:
            return
        if diagnostic.ephemeral or diagnostic.severity == "info":
            self._live(text.splitlines()[-1])
            if not self._status:
                say.people.print(f"  [dim]{escape(text.splitlines()[-1])}[/]")
        elif diagnostic.severity == "warning":
            self._warn(text.partition(_ADVICE)[0].partition(_AGAIN)[0].rstrip())

    def _warn(self, text: str) -> None:
        """Print a warning the first time."""
        if text not in self._warned:
            self._warned.add(text)
            say.people.print(f"[yellow]warning:[/] {escape(text)}")

    def _live(self, text: str) -> None:
        if self._status:
            self._status.update(f"{self._title} [dim]{escape(text)}[/]")


def _is_real(metadata: StepEventMetadata) -> bool:
    """Say whether a provider makes the resource; a component's own line would only repeat its children's."""
    entry = metadata.new or metadata.old
    return bool(entry and entry.custom) and not metadata.type.startswith("pulumi:providers:")
