"""What a supervisor says of its program; one small file, replaced as a whole."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

Phase: TypeAlias = Literal["starting", "running", "waiting", "succeeded", "failed", "stopped"]
"""`waiting` is the pause before another attempt; the last three are final."""

FINAL: frozenset[Phase] = frozenset({"succeeded", "failed", "stopped"})


@dataclass(frozen=True)
class Record:
    """The state of a run."""

    phase: Phase = "starting"
    supervisor: int | None = None
    """Process id of the supervisor."""

    worker: int | None = None
    """Process id of the program's present or last attempt."""

    attempts: int = 0
    """Starts of the program so far."""

    restarts: int = 0
    """Starts after the first one of this supervisor."""

    exit_code: int | None = None
    """Of the last attempt; negative is the signal that ended it."""

    started_at: str | None = None
    finished_at: str | None = None
    reason: str | None = None
    """How the last attempt ended, or why there is no further one; for the user."""

    result: Mapping[str, Any] = field(default_factory=dict)
    """What a job that succeeded wrote as its result."""

    def dump(self) -> str:
        """Write as JSON."""
        return json.dumps(asdict(self))

    @staticmethod
    def load(text: str) -> "Record":
        """Read what `dump` wrote."""
        return Record(**json.loads(text))


def now() -> str:
    """Give the time as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def age(moment: str | None) -> float:
    """Give the seconds since a moment that `now` gave; for ever when there was none."""
    return (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds() if moment else float("inf")
