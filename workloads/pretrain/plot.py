"""The picture at the end: loss, gradient norm, speed, and where the seconds went."""

import io

import matplotlib as mpl

from workloads.pretrain.goodput import PARTS
from workloads.pretrain.metrics import Point

COLOURS = dict(
    zip(PARTS, ("tab:green", "tab:gray", "tab:purple", "tab:orange", "tab:red", "lightgray"), strict=True)
)
"""One colour for each part of goodput."""


def draw(title: str, curve: list[list[float]], points: list[Point], seconds: dict[str, float]) -> bytes:
    """Draw a run as PNG.

    Args:
        title: Model and corpus.
        curve: [step, loss] of the whole run, restarts included.
        points: The log of the last attempt.
        seconds: Goodput's parts over all attempts.
    """
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, ((loss, norm), (speed, parts)) = plt.subplots(2, 2, figsize=(11, 7))
    loss.plot([step for step, _ in curve], [value for _, value in curve])
    loss.set(title="loss (nats per token)", xlabel="step")
    steps = [point.step for point in points]
    norm.plot(steps, [point.grad_norm for point in points], color="tab:red")
    norm.set(title="gradient norm before clipping", xlabel="step of the last attempt")
    speed.plot(steps, [point.tokens_per_second for point in points], color="tab:green")
    speed.set(title="tokens per second", xlabel="step of the last attempt", ylim=(0, None))
    for axes in (loss, norm, speed):
        axes.xaxis.get_major_locator().set_params(integer=True)
    whole, left = sum(seconds.values()) or 1.0, 0.0
    for part, value in seconds.items():
        parts.barh(0, value, left=left, color=COLOURS[part], label=f"{part} {value / whole:.1%}")
        left += value
    parts.set(title=f"where {whole:.0f} s went", yticks=[], xlabel="seconds", ylim=(-1.2, 1.6))
    parts.legend(ncols=3, fontsize=8, loc="upper center")
    figure.suptitle(title, fontsize=9)
    figure.tight_layout()
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=100)
    plt.close(figure)
    return picture.getvalue()
