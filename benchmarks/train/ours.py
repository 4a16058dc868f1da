"""Our training step, as the trainer itself does it, without store or checkpoints."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray
from torch import Tensor, nn
from torch._C._distributed_c10d import HashStore

from workloads.pretrain.loader import Loader
from workloads.pretrain.mesh import Mesh
from workloads.pretrain.optimizer import clip, gradient_norm, learning_rate, make_optimizer
from workloads.pretrain.parallel import lay
from workloads.pretrain.shape import Shape, learning_rate_of
from workloads.pretrain.spec import PretrainSpec
from workloads.pretrain.world import World

RUN = 5000
"""Steps of the run whose first ones `learn` does; its rate rises over the first 200, as the trainer has it."""


@contextlib.contextmanager
def alone() -> Iterator[World]:
    """Be a world of one process."""
    device = torch.device("cuda", 0) if torch.cuda.is_available() else torch.device("cpu")
    dist.init_process_group(
        "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo",
        store=HashStore(),
        rank=0,
        world_size=1,
    )
    try:
        group = dist.group.WORLD
        assert group is not None
        yield World(0, 0, 1, device, group, group)
    finally:
        dist.destroy_process_group()


@dataclass
class Ours:
    """A model and its step at a constant learning rate."""

    shape: Shape
    tokens: NDArray[np.uint16]
    micro: int
    """Samples that a process computes at once."""

    accumulate: int = 1
    float8: bool = False
    rate: float = 6e-4
    mesh: Mapping[str, int] = field(default_factory=dict)
    reshard_after_forward: str = "auto"

    def start(self, world: World) -> None:
        """Build the model as a run would."""
        spec = PretrainSpec(
            float8=self.float8, mesh=self.mesh, reshard_after_forward=self.reshard_after_forward
        )
        self.world, self.done = world, 0
        self.grid = Mesh.of(self.mesh, world.size, self.shape)
        self.laid = lay(self.shape, spec, self.grid, world)
        self.optimizer = make_optimizer(self.laid.model, spec, self.rate)
        self.parameters = list(self.laid.model.parameters())
        self.first: list[Tensor] = []
        self.gather(self.accumulate)

    def gather(self, accumulate: int) -> None:
        """Make a step of that many micro-batches in each process."""
        batch = self.micro * accumulate * self.grid.data
        self.loader = Loader(self.tokens, self.shape.context, batch, 1337)

    @property
    def module(self) -> nn.Module:
        """The model."""
        return self.laid.model

    @property
    def step_tokens(self) -> int:
        """Tokens of one step, over all processes."""
        return self.loader.batch * self.shape.context

    def step(self) -> Tensor:
        """Do one step on the next samples; give this process's part of the mean loss, still on the device."""
        data = self.grid.data
        batch = self.loader.load(self.done, self.grid.data_rank(self.world.rank), data, self.micro)
        self.done += self.loader.batch
        loss = self.laid.compute(batch, data / self.step_tokens)
        clip(self.parameters, gradient_norm(self.parameters, self.laid.copies), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss / self.step_tokens

    def learn(self, steps: int) -> list[float]:
        """Do the first steps of a run of RUN at its rates and give the losses; each call begins with the same weights.

        The first call keeps them, so let no step come before it.
        """
        self.first = self.first or [each.detach().clone() for each in self.parameters]
        with torch.no_grad():
            for parameter, value in zip(self.parameters, self.first, strict=True):
                parameter.copy_(value)
        self.optimizer.state.clear()
        self.done = 0
        highest = learning_rate_of(PretrainSpec(), self.shape)
        losses = []
        for done in range(steps):
            for group in self.optimizer.param_groups:
                group["lr"] = learning_rate(done, RUN, highest)
            losses.append(self.step())
        curve: list[float] = torch.stack(losses).tolist()
        return curve
