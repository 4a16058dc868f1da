"""The figures as one picture."""

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt


def draw(report: dict[str, Any], target: Path) -> None:
    """Draw bars of tokens per second with quartiles, and the loss curves where both were trained."""
    bars = [
        (f"{name}\n{who}", each)
        for name, part in report["parts"].items()
        for who, each in ({"ours": part} | part).items()
        if isinstance(each, dict) and "tokens_per_second" in each
    ]
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 4.5), width_ratios=(2, 1))
    values = [each["tokens_per_second"] for _, each in bars]
    spread = [[value - each["quartiles"][0] for value, (_, each) in zip(values, bars, strict=True)]]
    spread.append([each["quartiles"][1] - value for value, (_, each) in zip(values, bars, strict=True)])
    colours = ["tab:orange" if "nanoGPT" in name else "tab:blue" for name, _ in bars]
    left.bar([name for name, _ in bars], values, yerr=spread, color=colours, capsize=3)
    left.set_ylabel("tokens/s")
    left.tick_params(axis="x", labelsize=7)
    curves = report["parts"].get("gpt2 loss", {}).get("curves", {})
    for who, curve in curves.items():
        right.plot(curve, label=who)
    right.set_title("loss, same weights and samples")
    if curves:
        right.legend()
    figure.suptitle(f"{report['versions']['device']}, torch {report['versions']['torch']}")
    figure.tight_layout()
    figure.savefig(target, dpi=110)
