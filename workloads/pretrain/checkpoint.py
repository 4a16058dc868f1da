"""Checkpoints that survive anything: pieces first, then one record that makes them count.

    <run>/checkpoints/step-00000050.json            the record: what, where, checksums; written last, in one step
    <run>/checkpoints/step-00000050.<attempt>/...   the pieces: an object for each process

A checkpoint without a record does not exist. A writer that dies, or finds the disk full, leaves the older ones intact.
"""

import contextlib
import json
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from typing import Any, cast

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.checkpoint.state_dict_loader import load
from torch.distributed.checkpoint.state_dict_saver import async_save
from torch.optim import AdamW

from workloads.pretrain.errors import RunError
from workloads.pretrain.storage import Reader, Writer
from workloads.store import Store
from workloads.store.errors import DamagedError, NotFoundError, StoreError, UnreachableError

FORMAT = 1
"""Version of the record."""


@dataclass(frozen=True, slots=True)
class Record:
    """A committed checkpoint."""

    step: int
    """Optimizer steps done."""

    samples: int
    """Samples consumed by all processes: the whole state of the data."""

    fingerprint: dict[str, Any]
    """Shape of the model and SHA-256 of the tokenizer; a run of another model must not load it."""

    state: dict[str, Any]
    """What else the loop remembers: the loss curve and where the seconds went."""

    world: int
    """Processes that wrote it; any number may read it."""

    index: dict[str, Any] = field(default_factory=dict)
    """Tensors and the pieces that hold them; filled in when it is committed."""

    folder: str = ""
    """Prefix of the pieces."""

    saved_at: float = 0.0
    """Unix time of the commit."""

    format: int = FORMAT
    """Version of the record."""


class Checkpoints:
    """Checkpoints of one run, written by all processes of `group` together, in the background."""

    def __init__(self, store: Store, run: str, keep: int, group: dist.ProcessGroup) -> None:
        self.store, self.keep, self.group = store, keep, group
        self.prefix = f"{run}/checkpoints/"
        self.rank = dist.get_rank()
        names = [uuid.uuid4().hex[:8]]
        dist.broadcast_object_list(names, src=0, group=group)
        self.attempt = names[0]
        self.pending: tuple[int, str, Future[Any]] | None = None

    def records(self) -> Iterator[Record]:
        """Give the committed checkpoints that are whole, the newest first; say which ones are passed over."""
        names = [info.key for info in self.store.list(self.prefix) if info.key.endswith(".json")]
        for name in sorted(names, reverse=True):
            try:
                record = self._read(name)
                self._check_sizes(record)
            except (DamagedError, NotFoundError) as error:
                print(f"checkpoint {name} is passed over: {error}")
                continue
            yield record

    def _read(self, name: str) -> Record:
        """Read a record; raise DamagedError when it is none."""
        content = self.store.get(name)
        try:
            record = Record(**json.loads(content))
            _ = [(row["name"], row["start"] + row["size"]) for row in record.index["pieces"]]
        except (ValueError, TypeError, KeyError) as error:
            raise DamagedError(
                f"it is no record of a checkpoint ({type(error).__name__}: {error})"
            ) from error
        return record

    def _check_sizes(self, record: Record) -> None:
        sizes: dict[str, int] = {}
        for piece in record.index["pieces"]:
            sizes[piece["name"]] = max(sizes.get(piece["name"], 0), piece["start"] + piece["size"])
        for name, size in sizes.items():
            if self.store.stat(name).size != size:
                raise DamagedError(f"{name} has {self.store.stat(name).size:,} bytes instead of {size:,}")

    def save(self, record: Record, tensors: dict[str, Tensor]) -> None:
        """Copy the tensors aside and write them in the background; waits for the checkpoint before this one."""
        self.wait()
        folder = f"{self.prefix}step-{record.step:08d}.{self.attempt}"
        writer = Writer(self.store, folder, self.rank, lambda index: self._commit(record, folder, index))
        answer = async_save(tensors, storage_writer=writer, process_group=self.group)
        self.pending = (record.step, folder, cast("Future[Any]", answer))

    def wait(self) -> int | None:
        """Wait until the checkpoint being written is committed and give its step; None when there was none."""
        if self.pending is None:
            return None
        (step, folder, future), self.pending = self.pending, None
        try:
            future.result()
        except CheckpointException as error:
            raise self._failure(step, folder, first_cause(error)) from error
        return step

    def _failure(self, step: int, folder: str, cause: BaseException) -> BaseException:
        if not isinstance(cause, StoreError | OSError):
            return cause
        if self.rank == 0:
            with contextlib.suppress(StoreError, OSError):
                self._remove(f"{folder}/")
        kind = UnreachableError if isinstance(cause, UnreachableError) else RunError
        return kind(f"checkpoint of step {step} was not written, the older ones are intact: {cause}")

    def _commit(self, record: Record, folder: str, index: dict[str, Any]) -> None:
        whole = asdict(record) | {"index": index, "folder": folder, "saved_at": time.time()}
        name = f"{self.prefix}step-{record.step:08d}.json"
        self.store.put(name, json.dumps(whole).encode())
        try:
            self._sweep(name)
        except StoreError as error:  # this checkpoint counts already; the next one sweeps again
            print(f"older checkpoints stay for now: {error}")

    def _sweep(self, newest: str) -> None:
        """Keep this record and those before it; remove the others, record first, and pieces without a record.

        Records of later steps were passed over when this run was resumed: kept, they would crowd out the sound ones.
        """
        names = sorted(info.key for info in self.store.list(self.prefix) if info.key.endswith(".json"))
        keep = [name for name in names if name <= newest][-self.keep :]
        for name in names:
            if name not in keep:
                self.store.delete(name)
        kept = set()
        for name in keep:
            with contextlib.suppress(DamagedError):
                kept.add(self._read(name).folder)
        for info in list(self.store.list(self.prefix)):
            folder = info.key.rpartition("/")[0]
            if not info.key.endswith(".json") and folder not in kept:
                self.store.delete(info.key)

    def _remove(self, prefix: str) -> None:
        for info in list(self.store.list(prefix)):
            self.store.delete(info.key)

    def load(self, record: Record, tensors: dict[str, Tensor]) -> None:
        """Fill the tensors, whatever mesh wrote the checkpoint; raise DamagedError when its bytes changed."""
        try:
            load(tensors, storage_reader=Reader(self.store, record.index), process_group=self.group)
        except CheckpointException as error:
            raise first_cause(error) from error


def first_cause(error: CheckpointException) -> BaseException:
    """Give the exception of the lowest process that failed."""
    return min(error.failures.items())[1][0]


def tensors_of(model: nn.Module, optimizer: AdamW) -> dict[str, Tensor]:
    """Name every tensor that a resume needs; the optimizer's averages are made if it has none yet."""
    named: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        state = optimizer.state[parameter]
        if not state:
            state["step"] = torch.zeros((), dtype=torch.float32, device=parameter.device)
            state["exp_avg"] = torch.zeros_like(parameter)
            state["exp_avg_sq"] = torch.zeros_like(parameter)
        named[f"model/{name}"] = parameter.detach()
        named[f"average/{name}"] = state["exp_avg"]
        named[f"square/{name}"] = state["exp_avg_sq"]
    return named


def set_steps(optimizer: AdamW, step: int) -> None:
    """Tell the optimizer how many steps its averages have seen."""
    for state in optimizer.state.values():
        state["step"].fill_(float(step))


def require_same(record: Record, fingerprint: dict[str, Any], name: str) -> None:
    """Refuse a checkpoint of another model, naming both."""
    if record.fingerprint == fingerprint:
        return
    keys = sorted({*record.fingerprint, *fingerprint})
    both = [(key, record.fingerprint.get(key), fingerprint.get(key)) for key in keys]
    differ = "; ".join(f"{key}: checkpoint {old}, this run {new}" for key, old, new in both if old != new)
    raise RunError(
        f"{name} step {record.step} is of another model: {differ}. "
        "Take its settings, or give this run another name (CAUSEWAY_RUN; training.run in a stack file). "
        "Nothing was changed"
    )
