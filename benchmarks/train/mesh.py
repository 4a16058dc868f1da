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
"""The ways to cut the models whose losses are compared."""


class Bench:
    """Both sides and the report, in each of the two processes; the first of them also talks to the one beside."""

    def __init__(self, world: World, out: Path, seconds: float, *, tiny: bool) -> None:
        self.world, self.out, self.seconds, self.began = world, out, seconds, time.monotonic()
        self.report: dict[str, Any] = {"versions": versions(), "parts": {}, "left_out": []}
        self.gang = Side(world, tokens(tiny=tiny))
        self.alone = Beside(tiny=tiny) if world.rank == 0 else None

    def build(
        self, shape: Shape, micro: int, mesh: dict[str, int], reshard_after_forward: str = "auto"
    ) -> None:
        """Build the gang's model."""
        self.gang.build(shape, micro, mesh, reshard_after_forward)
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
    """Measure one GPU and two with FSDP2 by turns, the same batch a GPU, with one and with four micro-batches.

    Twice: with weights that stay gathered for the step, as `auto` keeps these, and gathered anew for every pass.
    """
    shape = dial(2, 512, 64) if tiny else llama("llama-1b", 32_768, 2048)
    micro = 2 if tiny else 8
    bench.build_alone(shape, micro)
    found: dict[str, Any] = {"shape": shape.describe(), "samples_per_gpu": micro}
    for reshard in ("auto", "always"):
        bench.build(shape, micro, {"shard": 2}, reshard)
        bench.turn(2, 1)
        ways: dict[str, Any] = {}
        for accumulate, rounds, steps in ((1, 5, 4), (4, 5, 1)):
            bench.turn(1, accumulate)
            turns = [bench.turn(steps, accumulate) for _ in range(rounds)]
            each = micro * accumulate * shape.context * steps
            if bench.world.rank == 0:
                ways[f"{accumulate} micro-batch"] = compare(turns, each, shape, bench.world.device)
        if bench.world.device.type == "cuda":
            ways["memory_gib_per_gpu"] = round(torch.cuda.max_memory_allocated() / 2**30, 1)
        found[f"reshard_after_forward {reshard}"] = ways
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


def losses(bench: Bench, shape: Shape, batch: int, steps: int, rounds: int) -> dict[str, Any]:
    """Train alone, with FSDP2 and with tensor parallel, several times each: same weights, samples and rates.

    One process alone is not bit-equal from one training to the next, since some kernels sum in an order of chance: so
    the means of several trainings are compared, and alone with itself.
    """
    bench.build_alone(shape, batch)
    curves: dict[str, list[list[float]]] = {}
    for name, mesh in MESHES.items():
        bench.build(shape, batch // mesh.get("shard", 1), mesh)
        curves[name] = []
        for _ in range(rounds):
            whole = torch.tensor(bench.gang.learn(steps))
            dist.all_reduce(whole)
            curves[name].append((whole / mesh.get("tensor", 1)).tolist())
    curves["alone"] = [bench.ask_alone("learn", steps) for _ in range(rounds)]
    if bench.world.rank:
        return {}
    last = {name: [statistics.mean(curve[-20:]) for curve in each] for name, each in curves.items()}
    mean = {name: statistics.mean(each) for name, each in last.items()}
    first = curves["alone"][0]
    return {
        "shape": shape.describe(),
        "samples": batch,
        "steps": steps,
        "last": {name: [round(value, 4) for value in each] for name, each in last.items()},
        "mean": {name: round(value, 4) for name, value in mean.items()},
        "difference": {name: round(abs(mean[name] - mean["alone"]), 4) for name in MESHES},
        "steps_within_0.01_of_the_first_alone": {
            name: [agreeing(curve, first) for curve in each if curve is not first]
            for name, each in curves.items()
        },
        "curves": {name: [round(value, 4) for value in each[0]] for name, each in curves.items()},
    }


def agreeing(curve: list[float], other: list[float]) -> int:
    """Count the steps before two losses are more than 0.01 apart for the first time."""
    apart = (abs(here - there) > 0.01 for here, there in zip(curve, other, strict=True))
    return next((step for step, far in enumerate(apart) if far), len(curve))


def parts(bench: Bench, *, tiny: bool) -> dict[str, Callable[[], dict[str, Any]]]:
    """Name the parts."""
    small, large = dial(16, 8192, 512), llama("llama-1b", 32_768, 2048)
    if tiny:
        small, large = dial(2, 512, 64), dial(4, 512, 64)
    return {
        "speed": partial(speed, bench, tiny=tiny),
        "losses": partial(losses, bench, small, 8 if tiny else 32, 40 if tiny else 200, rounds=5),
        "losses of llama-1b": partial(losses, bench, large, 8 if tiny else 16, 10 if tiny else 100, rounds=3),
    }


def main() -> int:
    """Measure both parts under torchrun."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("results"), help="folder for mesh.json")
    parser.add_argument("--seconds", type=float, default=300, help="stop beginning new parts after this time")
    parser.add_argument("--tiny", action="store_true", help="tiny shapes")
    parser.add_argument("--only", default="", help="names of parts, with commas")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with join(Timeouts.derive(120, 30)) as world:
        bench = Bench(world, options.out, options.seconds, tiny=options.tiny)
        try:
            for name, part in parts(bench, tiny=options.tiny).items():
                if not options.only or name in options.only.split(","):
                    bench.part(name, part)
        finally:
            if bench.alone:
                bench.alone.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
