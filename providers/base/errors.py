"""What a resource may say went wrong."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from providers.base.values import Path, dotted

S = TypeVar("S")


class ProviderError(ValueError):
    """The operation failed and left nothing behind; the text is for the user."""


class PartialFailure(Exception, Generic[S]):  # noqa: N818 - the engine's own term for a resource that half exists
    """The resource exists but isn't ready: the engine keeps it in state, and the next `up` calls update on it."""

    def __init__(self, id_: str, state: S, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.id = id_
        self.state = state
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Problem:
    """One mistake in the inputs of a resource."""

    path: Path
    """Where: wire names and indexes; empty for the resource as a whole."""

    reason: str
    """What is wrong, what is allowed, and how to mend it, without the path."""

    def __str__(self) -> str:
        return f"{dotted(self.path)}: {self.reason}" if self.path else self.reason


def nearest(given: str, allowed: Iterable[str]) -> str:
    """Give `; did you mean 'x'?` when something allowed looks like what was given, else nothing."""
    names = {name.lower(): name for name in allowed}
    found = difflib.get_close_matches(given.lower(), names, n=1, cutoff=0.6)
    return f"; did you mean {names[found[0]]!r}?" if found else ""


def listed(names: Iterable[Any]) -> str:
    """Write values as a list for a sentence."""
    return ", ".join(repr(name) for name in names)
