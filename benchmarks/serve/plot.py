"""Draw the figures of results/ as bars beside the peer and the goals.

python -m benchmarks.serve.plot
"""

import json
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

RESULTS = Path(__file__).with_name("results")
LOADS = {"one": "one request\n128 in, 256 out", "128x128/128": "128 requests\n128 in, 128 out"}
LOADS["64x1000/1000"] = "64 requests\n1000 in, 1000 out"


def rate(results: dict[str, dict[str, list[float]]], load: str, who: str) -> float:
    """The best round, of both: a peer's first one may hold its own warming up."""
    return max(results.get(f"8b {load} {who}", {}).get("spread", [0.0]))


def main() -> None:
    bf16 = json.loads((RESULTS / "h100-8b-bfloat16.json").read_text())
    float8 = json.loads((RESULTS / "h100-8b-float8.json").read_text())
    series = {
        f"transformers {bf16['machine']['transformers']}, bfloat16": [
            rate(bf16, load, "theirs") for load in LOADS
        ],
        "Causeway, bfloat16": [rate(bf16, load, "ours") for load in LOADS],
        "Causeway, float8 weights": [rate(float8, load, "ours") for load in LOADS],
    }
    figure, axes = plt.subplots(1, len(LOADS), figsize=(11, 4))
    for number, (panel, label) in enumerate(zip(axes, LOADS.values(), strict=True)):
        shown = {who: values[number] for who, values in series.items() if values[number]}
        colours = {who: f"C{place}" for place, who in enumerate(series)}
        bars = panel.bar(
            range(len(shown)), list(shown.values()), color=[colours[who] for who in shown], label=list(shown)
        )
        panel.bar_label(bars, fmt="{:,.0f}")
        panel.set_title(label, fontsize=10)
        panel.set_xticks([])
        panel.margins(y=0.12)
    axes[0].set_ylabel("output tokens a second")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncol=3, fontsize=9)
    figure.suptitle(
        f"Llama 8B shape, random weights, best round, one {bf16['machine']['device']}", fontsize=11
    )
    figure.tight_layout(rect=(0, 0.07, 1, 1))
    figure.savefig(RESULTS / "h100-8b.png", dpi=110)


if __name__ == "__main__":
    main()
