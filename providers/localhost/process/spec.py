"""What a supervisor is to run; written to a private file, as the environment may hold secrets."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from providers.localhost.process.result import Result

MARK = "CAUSEWAY_INSTANCE"
"""Environment variable that every process of one job or service carries: its children can't get lost."""

Policy: TypeAlias = Literal["never", "on-failure", "always"]


@dataclass(frozen=True)
class Once:
    """Run to completion."""

    retries: int
    """Further attempts after a failed one."""

    timeout: float | None
    """Seconds that one attempt may take; None: no limit."""


@dataclass(frozen=True)
class KeepUp:
    """Run for ever."""

    policy: Policy
    max_restarts: int
    """Restarts in a row before it is given up."""


@dataclass(frozen=True)
class Spec:
    """A program, its surroundings, and how to treat its end."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    """Variables on top of the inherited ones."""

    workdir: str
    grace: float
    """Seconds between SIGTERM and SIGKILL."""

    plan: Once | KeepUp
    fingerprint: str
    """Changes when the program must be started anew."""

    port: int | None
    """Where a service listens on 127.0.0.1."""

    result: Result | None
    """What a job writes at its end; removed before each attempt."""

    inputs: Mapping[str, Any]
    """The resource's inputs by wire name, for an import."""

    def dump(self) -> str:
        """Write as JSON."""
        return json.dumps({**asdict(self), "kind": type(self.plan).__name__})

    @staticmethod
    def load(text: str) -> "Spec":
        """Read what `dump` wrote."""
        raw = json.loads(text)
        kind = {"Once": Once, "KeepUp": KeepUp}[raw.pop("kind")]
        plan: Once | KeepUp = kind(**raw.pop("plan"))
        result = raw.pop("result")
        return Spec(
            plan=plan,
            command=tuple(raw.pop("command")),
            result=Result(**result) if result else None,
            **raw,
        )


def fingerprint(parts: Mapping[str, Any]) -> str:
    """Digest the values that make a program what it is."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
