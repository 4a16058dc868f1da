"""Two processes: how much faster FSDP2 is than one GPU, and whether FSDP2 and tensor parallel lose as one process does.

    python -m torch.distributed.run --nproc-per-node=2 -m benchmarks.train.mesh --out results         # two GPUs
    python -m torch.distributed.run --nproc-per-node=2 -m benchmarks.train.mesh --out results --tiny  # two CPU cores

The one-GPU side is a third process on the first GPU, so that both sides stay built and take turns. Writes mesh.json.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from benchmarks.train.__main__ import versions
from benchmarks.train.data import tokens
from benchmarks.train.measure import summary
from benchmarks.train.side import Beside, Side
from workloads.pretrain.peaks import peak, utilisation
from workloads.pretrain.shape import Shape, dial, llama
from workloads.pretrain.timeouts import Timeouts
from workloads.pretrain.world import World, join

MESHES = {"fsdp": {"shard": 2}, "tensor": {"tensor": 2}}
"""The ways to cut the small model whose losses are compared."""


class Bench:
    """Both sides and the report, in each of the two processes; the first of them also talks to the one beside."""

    def __init__(self, world: World, out: Path, seconds: float) -> None:
        self.world, self.out, self.seconds, self.began = world, out, seconds, time.monotonic()
        self.report: dict[str, Any] = {"versions": versions(), "parts": {}, "left_out": []}
        self.gang = Side(world, tokens(tiny=True))
        self.alone = Beside() if world.rank == 0 else None

    def build(self, shape: Shape, micro: int, mesh: dict[str, int]) -> None:
        """Build the gang's model."""
        self.gang.build(shape, micro, mesh)
        self.world.barrier()

    def build_alone(self, shape: Shape, micro: int) -> None:
        """Begin to build the one-GPU model in the process beside."""
        if self.alone:
            self.alone.tell("build", shape, micro, {})

    def turn(self, steps: int, accumulate: int) -> tuple[float, float]:
        """Let one GPU run, then the gang; give the seconds of both."""
        alone: float = self.ask_alone("run", steps, accumulate)
        return alone or 0.0, self.gang.run(steps, accumulate)

    def ask_alone(self, name: str, *arguments: int) -> Any:
        """Let the process beside work while the gang waits; the first process gets the answer, the other None."""
        found = self.alone.ask(name, *arguments) if self.alone else None
        self.world.barrier()
        return found

    def part(self, name: str, work: Callable[[], dict[str, Any]]) -> None:
        """Measure one part if there is time, and write the report."""
        if not self.world.first(lambda: time.monotonic() - self.began < self.seconds):
            self.report["left_out"].append(name)
            return
        begin = time.monotonic()
        try:
            found = work()
        except Exception as error:  # noqa: BLE001 - one part that fails must not lose the others' figures
            found = {"error": f"{type(error).__name__}: {str(error)[:800]}"}
        found["wall_seconds"] = round(time.monotonic() - begin, 1)
        self.report["parts"][name] = found
        if self.world.rank == 0:
            print(f"{name}: {json.dumps(found)}", flush=True)
            (self.out / "mesh.json").write_text(json.dumps(self.report, indent=1) + "\n")


def speed(bench: Bench, *, tiny: bool) -> dict[str, Any]:
    """Measure one GPU and two with FSDP2 by turns, the same batch a GPU, with one and with four micro-batches."""
    shape = dial(2, 512, 64) if tiny else llama("llama-1b", 32_768, 2048)
    micro = 2 if tiny else 8
    bench.build_alone(shape, micro)
    bench.build(shape, micro, {"shard": 2})
    bench.turn(2, 1)
    found: dict[str, Any] = {"shape": shape.describe(), "samples_per_gpu": micro}
    for accumulate, rounds, steps in ((1, 5, 4), (4, 3, 1)):
        bench.turn(1, accumulate)
        turns = [bench.turn(steps, accumulate) for _ in range(rounds)]
        each = micro * accumulate * shape.context * steps
        if bench.world.rank == 0:
            found[f"{accumulate} micro-batch"] = compare(turns, each, shape, bench.world.device)
    if bench.world.device.type == "cuda":
        found["memory_gib_per_gpu"] = round(torch.cuda.max_memory_allocated() / 2**30, 1)
    return found


def compare(
    turns: list[tuple[float, float]], tokens: int, shape: Shape, device: torch.device
) -> dict[str, Any]:
    """Give both speeds, MFU per GPU and the ratio of each turn, of `tokens` per GPU and turn."""
    one = summary([tokens / alone for alone, _ in turns])
    two = summary([2 * tokens / gang for _, gang in turns])
    best = peak(device, "bfloat16")
    one["mfu"] = utilisation(one["tokens_per_second"], shape.flops_per_token, best)
    two["mfu"] = utilisation(two["tokens_per_second"] / 2, shape.flops_per_token, best)
    ratios = [2 * alone / gang for alone, gang in turns]
    return {
        "one": one,
        "fsdp2 on two": two,
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
    }


def losses(bench: Bench, *, tiny: bool, steps: int = 20) -> dict[str, Any]:
    """Train a small model alone, with FSDP2 and with tensor parallel: same weights, same samples.

    The rate rises as it does in a run: AdamW's first steps at full rate turn rounding into chance.
    """
    shape = dial(2, 512, 64) if tiny else dial(16, 512, 512)
    batch = 8 if tiny else 32
    bench.build_alone(shape, batch)
    curves: dict[str, list[float]] = {}
    for name, mesh in MESHES.items():
        bench.build(shape, batch // mesh.get("shard", 1), mesh)
        whole = torch.tensor(bench.gang.learn(steps))
        dist.all_reduce(whole)
        curves[name] = (whole / mesh.get("tensor", 1)).tolist()
    alone = bench.ask_alone("learn", steps)
    if bench.world.rank:
        return {}
    curves["alone"] = alone
    away = {
        name: max(abs(here - there) for here, there in zip(curves[name], curves["alone"], strict=True))
        for name in MESHES
    }
    return {
        "shape": shape.describe(),
        "steps": steps,
        "largest_difference": {name: round(value, 6) for name, value in away.items()},
        "curves": {name: [round(value, 4) for value in curve] for name, curve in curves.items()},
    }


def main() -> int:
    """Measure both parts under torchrun."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder for mesh.json")
    parser.add_argument("--seconds", type=float, default=120, help="stop beginning new parts after this time")
    parser.add_argument("--tiny", action="store_true", help="tiny shapes")
    parser.add_argument("--only", choices=["speed", "losses"], help="one part alone")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with join(Timeouts.derive(120, 30)) as world:
        bench = Bench(world, options.out, options.seconds)
        try:
            for name, part in {"speed": speed, "losses": losses}.items():
                if options.only in {None, name}:
                    bench.part(name, partial(part, bench, tiny=options.tiny))
        finally:
            if bench.alone:
                bench.alone.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
