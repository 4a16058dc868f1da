"""Time two training steps by turns, so that a warming chip or a busy neighbour harms both alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import torch

Step = Callable[[], object]


def by_turns(steps: Mapping[str, Step], tokens: int, *, rounds: int, block: int) -> dict[str, dict[str, Any]]:
    """Run `block` steps of each in turn, `rounds` times; give median, quartiles and best in tokens per second."""
    speeds: dict[str, list[float]] = {name: [] for name in steps}
    for step in steps.values():
        for _ in range(3):
            step()
        settle()
    for _ in range(rounds):
        for name, step in steps.items():
            begin = time.perf_counter()
            for _ in range(block):
                step()
            settle()
            speeds[name].append(block * tokens / (time.perf_counter() - begin))
    return {name: summary(values) for name, values in speeds.items()}


def settle() -> None:
    """Wait for the device."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def summary(values: list[float]) -> dict[str, Any]:
    """Give what is reported of several runs."""
    low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else (values[0],) * 3
    return {
        "tokens_per_second": round(middle),
        "quartiles": [round(low), round(high)],
        "best": round(max(values)),
        "runs": len(values),
    }
