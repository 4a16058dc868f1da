"""One verb of the engine, timed and counted."""

import re
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pulumi import automation
from pulumi.automation.errors import CommandError
from pulumi.automation.events import EngineEvent

from console.events import Gathered, name_of, plain
from console.failures import classify

Verb = Literal["preview", "up", "refresh", "destroy"]

_NOISE = re.compile(r"update failed|resource registration failed", re.IGNORECASE)


@dataclass(frozen=True)
class Phase:
    """What one verb did."""

    name: str
    """What the table calls it."""
    seconds: float
    """Wall-clock time of the engine."""
    operations: Mapping[str, int] = field(default_factory=dict)
    """Resources by operation: create, update, replace, delete, same."""
    errors: tuple[str, ...] = ()
    """Error texts; none when it went well."""
    wanted: str = ""
    """What had to happen and did not; empty when it did."""
    moved: tuple[str, ...] = ()
    """What was not left alone: each resource with its operation and the properties that differ."""
    below: bool = False
    """Whether it is about a stack that the rehearsed one stands on."""

    @property
    def ok(self) -> bool:
        """Whether it went as it had to."""
        return not self.wanted

    @property
    def changed(self) -> int:
        """Resources that were not left alone."""
        return sum(count for op, count in self.operations.items() if op not in {"same", "read"})


class Told:
    """Error texts of the engine with the resources that they are about."""

    def __init__(self) -> None:
        self._errors: dict[str, str] = {}

    def take(self, event: EngineEvent) -> None:
        """Note an error; the same text comes once more for the stack as a whole."""
        diagnostic = event.diagnostic_event
        if diagnostic is None or diagnostic.severity != "error":
            return
        text = plain(diagnostic.message).strip().removeprefix("error: ")
        if text and not _NOISE.search(text):
            self._errors.setdefault(text, diagnostic.urn or "")

    def errors(self) -> tuple[str, ...]:
        """Each error, and the URN below it."""
        return tuple(f"{text}\n  {urn}" if urn else text for text, urn in self._errors.items())


class Moved:
    """What an operation did not leave alone, and which properties made it so."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def take(self, event: EngineEvent) -> None:
        """Note a step that is no `same` and no `read`."""
        if event.resource_pre_event is None:
            return
        step = event.resource_pre_event.metadata
        if (operation := str(getattr(step.op, "value", step.op))) not in {"same", "read", "refresh"}:
            why = ", ".join(sorted(step.detailed_diff or {}) or step.diffs or ())
            self.found.append(f"{operation} {name_of(step.urn)}" + (f" ({why})" if why else ""))


def play(name: str, verb: Verb, stack: automation.Stack, **options: Any) -> Phase:
    """Run one verb and gather what it did; a failure of the engine becomes the phase's errors."""
    gathered, told, moved, start = Gathered(), Told(), Moved(), time.monotonic()

    methods: dict[Verb, Callable[..., Any]] = {
        "preview": stack.preview,
        "up": stack.up,
        "refresh": stack.refresh,
        "destroy": stack.destroy,
    }
    errors: tuple[str, ...] = ()

    def take(event: EngineEvent) -> None:
        gathered.take(event)
        told.take(event)
        moved.take(event)

    if verb != "preview":
        options.setdefault("show_secrets", False)
    try:
        with warnings.catch_warnings():  # an engine that a fault kills leaves its event stream open
            warnings.filterwarnings("ignore", "Error in event stream", UserWarning)
            methods[verb](on_event=take, **options)
    except CommandError as error:
        errors = told.errors() or (classify(str(error))[0],)
    seconds = time.monotonic() - start
    wanted = errors[0] if errors else ""
    return Phase(name, round(seconds, 2), dict(gathered.operations), errors, wanted, tuple(moved.found))
