"""One of two ways to train, built and run on request: in this process, or in a world of one beside it."""

import multiprocessing
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.train.data import tokens
from benchmarks.train.gpt2 import reset
from benchmarks.train.measure import settle
from benchmarks.train.ours import Ours, alone
from workloads.pretrain.shape import Shape
from workloads.pretrain.world import World

WAIT = 180.0
"""Most seconds that an answer of the process beside may take; compiling is the longest of it."""


class Side:
    """A model and its steps."""

    def __init__(self, world: World, text: NDArray[np.uint16]) -> None:
        self.world, self.text = world, text
        self.ours: Ours | None = None

    def build(
        self, shape: Shape, micro: int, mesh: Mapping[str, int], reshard_after_forward: str = "auto"
    ) -> None:
        """Build a model in place of the one before."""
        self.ours = None
        reset()
        self.ours = Ours(shape, self.text, micro, mesh=mesh, reshard_after_forward=reshard_after_forward)
        self.ours.start(self.world)

    def run(self, steps: int, accumulate: int) -> float:
        """Do steps of that many micro-batches; give the seconds."""
        assert self.ours is not None
        self.ours.gather(accumulate)
        settle()
        begin = time.perf_counter()
        for _ in range(steps):
            self.ours.step()
        settle()
        return time.perf_counter() - begin

    def learn(self, steps: int) -> list[float]:
        """Give this process's part of the losses of a run's first steps."""
        assert self.ours is not None
        return self.ours.learn(steps)


class Beside:
    """A side in a process beside this one, on the first device."""

    def __init__(self, *, tiny: bool) -> None:
        context = multiprocessing.get_context("spawn")
        self.orders, theirs = context.Pipe()
        self.process = context.Process(target=_obey, args=(theirs, tiny), daemon=True)
        self.process.start()
        theirs.close()
        self.owed = 0

    def tell(self, name: str, *arguments: Any) -> None:
        """Send an order and don't wait for its answer."""
        self.orders.send((name, arguments))
        self.owed += 1

    def ask(self, name: str, *arguments: Any) -> Any:
        """Send an order and give its answer; those of earlier orders come first and are dropped."""
        self.tell(name, *arguments)
        answer = None
        while self.owed:
            if not self.orders.poll(WAIT):
                raise TimeoutError(f"the process beside said nothing for {WAIT:.0f} s after {name!r}")
            answer = self.orders.recv()
            self.owed -= 1
        return answer

    def close(self) -> None:
        """Send it home."""
        self.orders.close()
        self.process.join(10)


def _obey(orders: Connection, tiny: bool) -> None:
    """Do what comes until nobody sends any more."""
    with alone() as world:
        side = Side(world, tokens(tiny=tiny))
        while True:
            try:
                name, arguments = orders.recv()
            except (EOFError, ConnectionResetError):
                return
            orders.send(getattr(side, name)(*arguments))
