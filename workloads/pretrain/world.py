"""This process among the others: its number, its device, and the groups it talks through."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch._C._distributed_c10d import HashStore

from workloads.pretrain.errors import RunError
from workloads.pretrain.timeouts import Timeouts
from workloads.store.errors import UnreachableError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class World:
    """One process of the run."""

    rank: int
    """Its number among all."""

    local_rank: int
    """Its number on this node."""

    size: int
    """All processes."""

    device: torch.device
    """Where it computes."""

    patient: dist.ProcessGroup
    """Group over CPUs that waits as long as preparing the data may take."""

    background: dist.ProcessGroup
    """Group over CPUs of the checkpoint writer's thread."""

    def barrier(self) -> None:
        """Wait for all."""
        dist.barrier(group=self.patient)

    def first(self, work: Callable[[], T]) -> T:
        """Do something in the first process and give its answer, or its refusal, to all."""
        answer: list[tuple[T | None, ValueError | None]] = [(None, None)]
        if self.rank == 0:
            try:
                answer = [(work(), None)]
            except UnreachableError as error:
                answer = [(None, UnreachableError(str(error)))]
            except ValueError as error:
                answer = [(None, RunError(str(error)))]
        dist.broadcast_object_list(answer, src=0, group=self.patient)
        value, problem = answer[0]
        if problem is not None:
            raise problem
        return value  # type: ignore[return-value]  # None only when `work` gave None

    def any(self, here: bool) -> bool:
        """Tell whether it is so in any process."""
        flag = torch.tensor([int(here)])
        dist.all_reduce(flag, dist.ReduceOp.MAX)
        return bool(flag.item())


@contextmanager
def join(limits: Timeouts) -> Iterator[World]:
    """Join the others that torchrun started; alone when nobody did."""
    rank = int(os.environ.get("RANK", "0"))
    local = int(os.environ.get("LOCAL_RANK", "0"))
    size = int(os.environ.get("WORLD_SIZE", "1"))
    neighbours = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    device = torch.device("cuda", local) if torch.cuda.is_available() else torch.device("cpu")
    if device.type == "cuda":
        torch.cuda.set_device(device)
    else:
        torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) // neighbours))
    if neighbours == size:
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    wait = timedelta(seconds=limits.collective)
    alone: dict[str, Any] = {} if "RANK" in os.environ else {"store": HashStore(), "rank": 0, "world_size": 1}
    backend = "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"
    dist.init_process_group(
        backend, timeout=wait, device_id=device if device.type == "cuda" else None, **alone
    )
    try:
        patient = dist.new_group(backend="gloo", timeout=timedelta(seconds=limits.prepare))
        background = dist.new_group(backend="gloo", timeout=timedelta(seconds=limits.prepare))
        assert patient is not None
        assert background is not None
        yield World(rank, local, size, device, patient, background)
    finally:
        dist.destroy_process_group()
