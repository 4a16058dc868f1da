"""Training speed: ours and nanoGPT's step on the same shape, data and device, by turns.

    python -m benchmarks.train --peer /path/to/nanoGPT --out results          # one GPU, about eight minutes
    python -m benchmarks.train --tiny --peer /path/to/nanoGPT --out results   # two CPU cores, to see that it runs

Writes train.json (versions, medians, quartiles, losses) and train.png. Without --peer only ours is measured. Parts that
no longer fit into --seconds are left out and named.
"""

import argparse
import json
import platform
import sys
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.train import data, gpt2, llama, plot


def main() -> int:
    """Measure what fits into the time, write after each part what is known."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", type=Path, help="folder of nanoGPT (its model.py is imported from there)")
    parser.add_argument(
        "--out", type=Path, default=Path("results"), help="folder for train.json and train.png"
    )
    parser.add_argument("--seconds", type=float, default=500, help="stop beginning new parts after this time")
    parser.add_argument("--tiny", action="store_true", help="tiny shapes")
    parser.add_argument("--only", default="", help="names of parts, with commas; their order too")
    parser.add_argument(
        "--profile", type=int, default=0, help="micro-batch of GPT-2 whose kernels are listed in kernels.txt"
    )
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    report: dict[str, Any] = {"versions": versions(), "parts": {}, "left_out": []}
    tokens = data.tokens(tiny=options.tiny)
    parts = gpt2.parts(tokens, options.peer, tiny=options.tiny) | llama.parts(tokens, tiny=options.tiny)
    if options.only:
        parts = {name: parts[name] for name in options.only.split(",")}
    if options.profile:
        (options.out / "kernels.txt").write_text(gpt2.profile(tokens, options.profile))
    for name, part in parts.items():
        if time.monotonic() - begin > options.seconds:
            report["left_out"].append(name)
            continue
        started = time.monotonic()
        try:
            report["parts"][name] = part()
        except Exception as error:  # noqa: BLE001 - one part that fails must not lose the others' figures
            report["parts"][name] = {"error": f"{type(error).__name__}: {str(error)[:500]}"}
        report["parts"][name]["wall_seconds"] = round(time.monotonic() - started, 1)
        print(f"{name}: {json.dumps(report['parts'][name])}", flush=True)
        (options.out / "train.json").write_text(json.dumps(report, indent=1))
    plot.draw(report, options.out / "train.png")
    return 0


def versions() -> dict[str, str]:
    """Name what the figures depend on."""
    device = (
        torch.cuda.get_device_name()
        if torch.cuda.is_available()
        else platform.processor() or platform.machine()
    )
    return {
        "torch": torch.__version__,
        "cuda": str(torch.version.cuda),
        "python": platform.python_version(),
        "device": device,
    }


if __name__ == "__main__":
    sys.exit(main())
