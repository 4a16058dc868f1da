"""A loss curve as inline SVG: no script, no library, it takes the page's colours."""

import math
from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 720, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 34


def loss_curve(points: Sequence[Sequence[float]]) -> Markup:
    """Draw [step, loss] pairs; fewer than two points draw nothing."""
    if len(points) < 2:
        return Markup("")
    steps, losses = [point[0] for point in points], [point[1] for point in points]
    low, high, unit = _bounds(losses)
    left, right = min(steps), max(steps)

    def x(step: float) -> float:
        return _LEFT + (step - left) / (right - left) * (WIDTH - _LEFT - _RIGHT)

    def y(loss: float) -> float:
        return _TOP + (high - loss) / (high - low) * (HEIGHT - _TOP - _BOTTOM)

    lines = [_rule(y(tick), f"{tick:g}") for tick in _ticks(low, high, unit)]
    path = " ".join(f"{x(step):.1f},{y(loss):.1f}" for step, loss in points)
    last = f'<circle cx="{x(steps[-1]):.1f}" cy="{y(losses[-1]):.1f}" r="4"/>'
    axis = "".join(_label(x(step), f"{step:g}", anchor) for step, anchor in ((left, "start"), (right, "end")))
    title = f"Training loss falls from {losses[0]:.3f} to {losses[-1]:.3f}"
    # every inserted value is a number formatted here; nothing comes from outside
    return Markup(  # noqa: S704
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">{"".join(lines)}'
        f'<polyline points="{path}"/>{last}{axis}{_label(WIDTH / 2, "step", "middle")}</svg>'
    )


def _bounds(losses: Sequence[float]) -> tuple[float, float, float]:
    span = max(losses) - min(losses) or 1.0
    unit = 10 ** math.floor(math.log10(span))
    unit = unit / 2 if span / unit < 3 else unit
    low, high = math.floor(min(losses) / unit) * unit, math.ceil(max(losses) / unit) * unit
    return low, max(high, low + unit), unit


def _ticks(low: float, high: float, unit: float) -> list[float]:
    return [round(low + index * unit, 6) for index in range(round((high - low) / unit) + 1)]


def _rule(y: float, text: str) -> str:
    line = f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
    return f'{line}<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'


def _label(x: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{HEIGHT - 10}" text-anchor="{anchor}">{text}</text>'
