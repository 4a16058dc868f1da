"""All timeouts of a run, derived from one number so that they can't contradict each other."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds, in the order in which they must fire: monitor < keep_alive < collective < join; notice < grace."""

    monitor: float
    """How often the launcher looks whether its workers live."""

    keep_alive: float
    """How often a node says at the rendezvous that it lives; three silences count as gone."""

    collective: float
    """How long an all-reduce may wait for a peer: the upper bound of detection."""

    join: float
    """How long a restarted gang waits for all its nodes."""

    prepare: float
    """How long workers wait while the first of them prepares the data."""

    notice: float
    """Time between SIGTERM and the end."""

    grace: float
    """What the orchestrator must wait before SIGKILL: the notice and the launcher's own clean-up."""

    @classmethod
    def derive(cls, detect_within: float, notice: float) -> "Timeouts":
        """Derive all from the seconds in which a loss must be noticed and the seconds a spot notice gives."""
        return cls(
            monitor=min(5.0, max(0.5, detect_within / 60)),
            keep_alive=max(1.0, detect_within / 6),
            collective=detect_within,
            join=max(600.0, 4 * detect_within),
            prepare=3600.0,
            notice=notice,
            grace=notice + 15.0,
        )
