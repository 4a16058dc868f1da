"""Where the seconds of a run went, over all its restarts; the parts always sum to the whole."""

import contextlib
import itertools
import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from workloads.store import Store
from workloads.store.errors import DamagedError

PARTS = ("productive", "init", "data_wait", "checkpoint", "recompute", "idle")
"""productive: steps that count. init: start to first step. data_wait: waiting for samples. checkpoint: waiting for the
store. recompute: steps done again after a loss. idle: between the last sign of an attempt and the begin of the next.
"""


@dataclass(slots=True)
class Attempt:
    """One life of the run's processes."""

    began: float
    """Unix time of its begin."""

    until: float
    """Unix time of its last sign of life."""

    parts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    """Seconds by part."""

    step: int = 0
    """Highest step it finished."""

    clean: bool = False
    """Whether it ended by itself: the time after it is then nobody's."""


class Goodput:
    """A stopwatch that is always in exactly one part, and the attempts before this one."""

    def __init__(self, began: float, earlier: list[Attempt]) -> None:
        self.earlier = sorted(earlier, key=lambda attempt: attempt.began)
        self.now = Attempt(began=began, until=began, step=max((each.step for each in earlier), default=0))
        self.redo_until = self.now.step
        self.part = "init"
        self.name = f"{began:017.6f}-{uuid.uuid4().hex[:6]}"

    def switch(self, part: str) -> None:
        """End the current part and begin another."""
        moment = time.time()
        self.now.parts[self.part] += max(0.0, moment - self.now.until)
        self.now.until = max(moment, self.now.until)
        self.part = part

    @contextmanager
    def during(self, part: str) -> Iterator[None]:
        """Count the block as one part and return to the part before it."""
        before = self.part
        self.switch(part)
        try:
            yield
        finally:
            self.switch(before)

    def work(self, step: int) -> str:
        """Name the part that computing a step belongs to: steps that an earlier attempt did already are recomputed."""
        return "recompute" if step < self.redo_until else "productive"

    def did(self, step: int, mark: Path | None = None) -> None:
        """Note that a step (counted from 1) is done, in a local file too, which a SIGKILL leaves behind."""
        self.now.step = max(self.now.step, step)
        if mark is not None:
            self.switch(self.part)
            mark.write_text(json.dumps(asdict(self.now)))

    def seconds(self) -> dict[str, float]:
        """Give the seconds of each part over all attempts."""
        self.switch(self.part)
        attempts = [*self.earlier, self.now]
        total = {part: sum(each.parts[part] for each in attempts) for part in PARTS}
        for before, after in itertools.pairwise(attempts):
            total["idle"] += 0.0 if before.clean else max(0.0, after.began - before.until)
        return total

    def allocated(self) -> float:
        """Give the seconds that the run held its machines, measured apart from the parts."""
        attempts = [*self.earlier, self.now]
        held = time.time() - attempts[0].began
        pairs = itertools.pairwise(attempts)
        return held - sum(max(0.0, after.began - before.until) for before, after in pairs if before.clean)

    def ratios(self) -> dict[str, float]:
        """Give each part's share of the allocated seconds; they sum to 1."""
        seconds = self.seconds()
        whole = self.allocated()
        return {part: value / whole if whole > 0 else 0.0 for part, value in seconds.items()}

    def save(self, store: Store, run: str, *, clean: bool = False) -> None:
        """Write this attempt's line to the store; a few hundred bytes."""
        self.switch(self.part)
        self.now.clean = clean
        store.put(f"{run}/attempts/{self.name}.json", json.dumps(asdict(self.now)).encode())


def load_attempts(store: Store, run: str, mark: Path) -> list[Attempt]:
    """Read the attempts before this one; this node's mark knows more of the last one than the store does."""
    attempts = []
    for info in store.list(f"{run}/attempts/"):
        try:
            attempts.append(Attempt(**json.loads(store.get(info.key))))
        except (DamagedError, json.JSONDecodeError, UnicodeDecodeError, TypeError) as error:
            print(f"{info.key} is passed over, its seconds are not counted: {error}")
    with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
        last = Attempt(**json.loads(mark.read_text()))
        attempts = [last if each.began == last.began and not each.clean else each for each in attempts]
    return attempts
