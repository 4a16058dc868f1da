"""Tensor parallelism: one model over the GPUs of a node, each matrix cut so that a block needs two sums.

The first process schedules, serves and draws; the others follow its steps, which reach them through pipes, so that a
follower ends when the first process does. Processes meet through a file in a private folder; sums travel over NCCL
(gloo on a CPU).
"""

import datetime as dt
import gc
import multiprocessing
import os
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import torch
from torch import Tensor
from torch import distributed as dist

from workloads.serve.batch import Drawn, Slice
from workloads.serve.layout import pack
from workloads.serve.runner import Runner
from workloads.serve.sampling import draw
from workloads.serve.shape import Shape
from workloads.serve.source import open_source
from workloads.serve.spec import ServeSpec
from workloads.serve.start import count_blocks, dtype, make_runner
from workloads.serve.weights import Share, load

JOIN = dt.timedelta(minutes=10)
"""Time for all processes to load their share, and for one sum."""
STOP_SECONDS = 10.0
"""Time for followers to end by themselves."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What each process needs to build its share. Pickled to the followers, so it holds no secret."""

    spec: ServeSpec
    """How to serve."""
    shape: Shape
    """Which model."""
    model: str
    """Folder, or prefix in the store."""
    store_url: str
    """Store of the model; empty for a folder."""
    key_ring: str
    """Folder of the key ring."""
    count: int
    """Processes."""
    device: str
    """cuda, or cpu for a machine without."""


class Team:
    """The processes of one model, seen from one of them."""

    def __init__(self, meeting: Path, rank: int, plan: Plan) -> None:
        self.share, self.vocabulary = Share(rank, plan.count), plan.shape.vocabulary
        self.device = torch.device("cuda", rank) if plan.device == "cuda" else torch.device("cpu")
        if plan.device == "cuda":
            torch.cuda.set_device(self.device)
        kind = "nccl" if plan.device == "cuda" else "gloo"
        dist.init_process_group(
            kind, init_method=meeting.as_uri(), rank=rank, world_size=plan.count, timeout=JOIN
        )

    def total(self, x: Tensor) -> Tensor:
        """Sum partial products, in place."""
        dist.all_reduce(x)
        return x

    def gather(self, x: Tensor) -> Tensor:
        """Put the vocabulary's parts side by side: (R, part) of each process to (R, all)."""
        each = -(-self.vocabulary // self.share.count)
        padded = torch.nn.functional.pad(x, (0, each - x.shape[1]))
        parts = torch.empty((self.share.count * len(x), each), device=x.device, dtype=x.dtype)
        dist.all_gather_into_tensor(parts, padded)
        return parts.view(self.share.count, len(x), each).transpose(0, 1).flatten(1)

    def build(self, plan: Plan) -> Runner:
        """Load this process's share; the cache is as large as the poorest process allows."""
        source = open_source(plan.model, plan.store_url, plan.key_ring)
        kind = dtype(plan.spec)
        weights = load(
            source, plan.shape, self.device, kind, float8=plan.spec.weights == "float8", share=self.share
        )
        blocks = torch.tensor([count_blocks(plan.spec, plan.shape, weights, self.share)], device=self.device)
        dist.all_reduce(blocks, dist.ReduceOp.MIN)
        return make_runner(
            plan.spec,
            plan.shape,
            weights,
            share=self.share,
            total=self.total,
            gather=self.gather,
            blocks=int(blocks),
        )


@dataclass(frozen=True, slots=True)
class Follower:
    """Another process of the model, as the first one sees it."""

    process: BaseProcess
    """The process."""
    steps: Connection
    """Takes layouts; None sends it home."""


class TeamRunner:
    """The first process's runner: it tells the followers each step before it takes it."""

    def __init__(self, runner: Runner, followers: Sequence[Follower]) -> None:
        self.runner, self.followers = runner, followers
        self.blocks, self.block_size, self.context = runner.blocks, runner.block_size, runner.context

    @torch.inference_mode()
    def run(self, slices: Sequence[Slice]) -> list[Drawn]:
        """Compute the slices on all processes and draw on this one."""
        layout = pack(slices, self.block_size)
        for one in self.followers:
            if not one.process.is_alive():
                raise RuntimeError(f"process {one.process.name} ended with code {one.process.exitcode}")
            one.steps.send(layout)
        logits = self.runner.logits(layout)
        wishes = [piece.draw for piece in slices if piece.draw is not None]
        return draw(logits, wishes) if wishes else []

    def close(self) -> None:
        """Send the followers home."""
        for one in self.followers:
            with suppress(OSError):
                one.steps.send(None)
        _leave(self.runner)
        for one in self.followers:
            one.process.join(STOP_SECONDS)
            if one.process.is_alive():
                one.process.terminate()


def _follow(meeting: Path, rank: int, steps: Connection, plan: Plan) -> None:
    """Run a follower: take the leader's steps until it sends none, or is gone."""
    os.setsid()  # signals to the group are for the leader, which drains first
    torch.set_num_threads(_threads(plan))
    team = Team(meeting, rank, plan)
    runner = team.build(plan)
    gc.collect()
    gc.freeze()  # as the leader does: a pause of one is a pause of all
    with suppress(EOFError):
        while (layout := steps.recv()) is not None:
            runner.logits(layout)
    _leave(runner)


def _leave(runner: Runner) -> None:
    """End the group. All processes do so at the same time, and none waits for one that is lost."""
    runner.close()
    ending = threading.Thread(target=dist.destroy_process_group, daemon=True)
    ending.start()
    ending.join(STOP_SECONDS)


def start_team(plan: Plan) -> TeamRunner:
    """Start the followers and build the leader's share in this process."""
    context = multiprocessing.get_context("spawn")
    torch.set_num_threads(_threads(plan))
    followers: list[Follower] = []
    with tempfile.TemporaryDirectory(prefix="causeway-team-") as folder:  # mode 0700
        meeting = Path(folder) / "meeting"
        for rank in range(1, plan.count):
            theirs, ours = context.Pipe(duplex=False)
            process = context.Process(target=_follow, args=(meeting, rank, theirs, plan), daemon=True)
            process.start()
            theirs.close()
            followers.append(Follower(process, ours))
        team = Team(meeting, 0, plan)
        return TeamRunner(team.build(plan), followers)


def _threads(plan: Plan) -> int:
    return max(1, (os.cpu_count() or 1) // plan.count)
