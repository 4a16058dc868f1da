"""Faults on request: what clouds do on bad days, once, so that a rerun shows whether the stack recovers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from infra.problems import nearest
from providers.rehearsal.account import Account

Kind = Literal["quota", "capacity", "throttle", "timeout", "partial", "crash", "kill"]

KINDS: tuple[str, ...] = get_args(Kind)

RETRIES = 3
"""Attempts that the stand-in makes against throttling before it gives up, as real providers retry."""

PAUSE = 0.05
"""Seconds before the first retry; each next pause is twice as long."""


@dataclass(frozen=True)
class Fault:
    """One fault: it strikes the nth creation of a matching type, and only once in an account's life."""

    kind: Kind
    nth: int
    """Counts matching creations from 1."""
    match: str
    """Part of a type token; empty matches every type, or for `capacity` every type that needs machines."""

    @property
    def name(self) -> str:
        """The fault as a user writes it."""
        return f"{self.kind}@{self.match or self.nth}"


def parse(text: str) -> tuple[Fault, ...]:
    """Read faults with commas between them; they strike one after the other.

    Raises:
        ValueError: One of them is none.
    """
    return tuple(_one(part) for part in text.split(",") if part)


def _one(text: str) -> Fault:
    """Read `KIND`, `KIND@N` (the Nth creation) or `KIND@TYPE` (the first of a type, such as `ec2/subnet`).

    Raises:
        ValueError: The kind is unknown, or N is not a positive number.
    """
    kind, _, where = text.partition("@")
    if kind not in KINDS:
        hint = nearest(kind, KINDS)
        ending = f"; did you mean {hint!r}?" if hint else ""
        raise ValueError(f"--fault {text}: there is no fault {kind!r}; allowed: {', '.join(KINDS)}{ending}")
    if where.lstrip("-").isdigit() and int(where) < 1:
        raise ValueError(f"--fault {text}: the creations are counted from 1")
    nth = int(where) if where.isdigit() else 1 if where or kind == "capacity" else 3
    return Fault(kind, nth, "" if where.isdigit() else where)  # type: ignore[arg-type]  # checked against KINDS


class Schedule:
    """Decides which creation a fault strikes."""

    def __init__(
        self, faults: Sequence[Fault], account: Account, needs_machines: Callable[[str], bool]
    ) -> None:
        self._faults = faults
        self._account = account
        self._needs_machines = needs_machines
        self._seen = 0
        self._struck = False

    def new_run(self) -> None:
        """Count anew: at most one fault strikes in one run of the engine."""
        self._seen, self._struck = 0, False

    def strikes(self, token: str) -> Fault | None:
        """Say whether the creation of a type fails now; a fault that has struck is spent, even after a crash."""
        fault = next((f for f in self._faults if not self._account.note(f"spent:{f.name}")), None)
        if fault is None or self._struck or not self._matches(fault, token):
            return None
        self._seen += 1
        if self._seen < fault.nth:
            return None
        self._struck = True
        self._account.write_note(f"spent:{fault.name}", token)
        return fault

    def _matches(self, fault: Fault, token: str) -> bool:
        if fault.kind == "capacity" and not fault.match:
            return self._needs_machines(token)
        return fault.match.lower() in token.lower()
