"""What useful work costs: a pool's hour against what it gets done in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Rates:
    """What a pool gets done, as its owner measured it."""

    steps_per_hour: float | None = None
    """Optimizer steps. None: it does not train, or nobody measured it."""
    tokens_per_second: float | None = None
    """Generated tokens. None: it does not serve, or nobody measured it."""


@dataclass(frozen=True, slots=True)
class Worth:
    """The price of an hour of a pool, and of what it gets done, in USD."""

    hour: float
    """The whole pool."""
    gpu_hour: float | None
    """One of its accelerators; None: it has none."""
    thousand_steps: float | None
    """None: no rate is declared."""
    million_tokens: float | None
    """None: no rate is declared."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The most that useful work may cost, in USD, and the rates by pool."""

    gpu_hour: float | None = None
    thousand_steps: float | None = None
    million_tokens: float | None = None
    rates: Mapping[str, Rates] = field(default_factory=dict)


def worth(hour: float, accelerators: float, rates: Rates) -> Worth:
    """Divide a pool's hour by its work.

    Args:
        hour: USD an hour of the whole pool.
        accelerators: How many it has.
        rates: What it gets done.
    """
    steps, tokens = rates.steps_per_hour, rates.tokens_per_second
    return Worth(
        hour,
        hour / accelerators if accelerators else None,
        hour / steps * 1e3 if steps else None,
        hour / (tokens * SECONDS_PER_HOUR) * 1e6 if tokens else None,
    )
