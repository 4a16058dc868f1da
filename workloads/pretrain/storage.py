"""torch.distributed.checkpoint on the encrypted store: each process writes one object, the record names them all.

An object holds raw little-endian tensor bytes, one piece after the other, no pickle. Where each piece lies, and its
SHA-256, is in the record that `checkpoint.py` commits.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, cast

import torch
from torch import Tensor
from torch.distributed.checkpoint.metadata import (
    ChunkStorageMetadata,
    Metadata,
    MetadataIndex,
    TensorProperties,
    TensorStorageMetadata,
)
from torch.distributed.checkpoint.planner import (
    LoadPlan,
    LoadPlanner,
    ReadItem,
    SavePlan,
    SavePlanner,
    WriteItem,
)
from torch.distributed.checkpoint.storage import StorageReader, StorageWriter, WriteResult
from torch.futures import Future

from workloads.store import Store
from workloads.store.errors import DamagedError


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a tensor's piece lies."""

    name: str
    """Object."""

    start: int
    """First byte."""

    size: int
    """Bytes."""

    sha256: str
    """Checksum of those bytes."""


class Writer(StorageWriter):
    """Write one process's pieces as one object under `folder`; at the end the first process commits their index."""

    def __init__(
        self, store: Store, folder: str, rank: int, commit: Callable[[dict[str, Any]], None]
    ) -> None:
        self.store, self.folder, self.rank, self.commit = store, folder, rank, commit

    def reset(self, checkpoint_id: str | os.PathLike[str] | None = None) -> None:
        """Nothing is kept between two checkpoints."""

    def set_up_storage_writer(self, is_coordinator: bool, *args: Any, **kwargs: Any) -> None:
        """Nothing to set up: folders are name prefixes."""

    def prepare_local_plan(self, plan: SavePlan) -> SavePlan:
        """Take the planner's plan as it is."""
        return plan

    def prepare_global_plan(self, plans: list[SavePlan]) -> list[SavePlan]:
        """Take the planner's plans as they are."""
        return plans

    def write_data(self, plan: SavePlan, planner: SavePlanner) -> "Future[list[WriteResult]]":
        """Write all pieces of the plan in one atomic object."""
        name = f"{self.folder}/rank-{self.rank:05d}.bin"
        results = []
        if plan.items:
            with self.store.writer(name, size=sum(_size(item) for item in plan.items)) as sink:
                start = 0
                for item in plan.items:
                    block = _bytes(cast(Tensor, planner.resolve_data(item)))
                    sink.write(block)
                    piece = Piece(name, start, len(block), hashlib.sha256(block).hexdigest())
                    results.append(WriteResult(item.index, len(block), piece))
                    start += len(block)
        future: Future[list[WriteResult]] = Future()
        future.set_result(results)
        return future

    def finish(self, metadata: Metadata, results: list[list[WriteResult]]) -> None:
        """Commit the index of all pieces, as plain values."""
        pieces = [(result.index, result.storage_data) for part in results for result in part]
        self.commit(to_plain(metadata, pieces))

    @classmethod
    def validate_checkpoint_id(cls, checkpoint_id: str | os.PathLike[str]) -> bool:  # noqa: ARG003 - the base's signature
        """Accept any name: the folder was given at construction."""
        return True


class Reader(StorageReader):
    """Read the pieces that the record's index names, into tensors of any layout."""

    def __init__(self, store: Store, index: dict[str, Any]) -> None:
        self.store = store
        self.metadata = from_plain(index)

    def reset(self, checkpoint_id: str | os.PathLike[str] | None = None) -> None:
        """Nothing is kept between two loads."""

    def read_metadata(self, *_args: Any, **_kwargs: Any) -> Metadata:
        """Give the index."""
        return self.metadata

    def set_up_storage_reader(
        self, metadata: Metadata, is_coordinator: bool, *args: Any, **kwargs: Any
    ) -> None:
        """Nothing to set up."""

    def prepare_local_plan(self, plan: LoadPlan) -> LoadPlan:
        """Take the planner's plan as it is."""
        return plan

    def prepare_global_plan(self, plans: list[LoadPlan]) -> list[LoadPlan]:
        """Take the planner's plans as they are."""
        return plans

    def read_data(self, plan: LoadPlan, planner: LoadPlanner) -> "Future[None]":
        """Read each needed object once, from its begin to its last needed piece."""
        wanted: dict[str, list[tuple[Piece, ReadItem]]] = defaultdict(list)
        for item in plan.items:
            piece = self.metadata.storage_data[item.storage_index]
            wanted[piece.name].append((piece, item))
        for name, pairs in wanted.items():
            with self.store.reader(name) as source:
                self._read(source, sorted(pairs, key=lambda pair: pair[0].start), planner)
        future: Future[None] = Future()
        future.set_result(None)
        return future

    def _read(self, source: BinaryIO, pairs: list[tuple[Piece, ReadItem]], planner: LoadPlanner) -> None:
        at, last, tensor = 0, None, torch.empty(0)
        for piece, item in pairs:
            if piece != last:
                _skip(source, piece.start - at)
                block = source.read(piece.size)
                if hashlib.sha256(block).hexdigest() != piece.sha256:
                    raise DamagedError(
                        f"{piece.name}: bytes {piece.start} to {piece.start + piece.size} are damaged"
                    )
                tensor, at, last = self._tensor(item, block), piece.start + piece.size, piece
            part = tensor
            for dim, (start, length) in enumerate(zip(item.storage_offsets, item.lengths, strict=True)):
                part = part.narrow(dim, start, length)
            target = planner.resolve_tensor(item).detach()
            target.copy_(part)
            planner.commit_tensor(item, target)

    def _tensor(self, item: ReadItem, block: bytes) -> Tensor:
        stored = self.metadata.state_dict_metadata[item.storage_index.fqn]
        assert isinstance(stored, TensorStorageMetadata)
        sizes = next(chunk.sizes for chunk in stored.chunks if chunk.offsets == item.storage_index.offset)
        return torch.frombuffer(bytearray(block), dtype=stored.properties.dtype).view(sizes)

    @classmethod
    def validate_checkpoint_id(cls, checkpoint_id: str | os.PathLike[str]) -> bool:  # noqa: ARG003 - the base's signature
        """Accept any name: the index was given at construction."""
        return True


def _size(item: WriteItem) -> int:
    assert item.tensor_data is not None
    return item.tensor_data.chunk.sizes.numel() * item.tensor_data.properties.dtype.itemsize


def _skip(source: BinaryIO, size: int) -> None:
    while size > 0 and (block := source.read(min(size, 1 << 20))):
        size -= len(block)


def _bytes(tensor: Tensor) -> bytes:
    return tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes()


def to_plain(metadata: Metadata, pieces: list[tuple[MetadataIndex, Piece]]) -> dict[str, Any]:
    """Turn the index of a checkpoint into values that JSON can hold."""
    tensors = {}
    for name, stored in metadata.state_dict_metadata.items():
        assert isinstance(stored, TensorStorageMetadata)
        tensors[name] = {
            "dtype": str(stored.properties.dtype).removeprefix("torch."),
            "size": list(stored.size),
        }
    rows = [
        {
            "tensor": index.fqn,
            "offset": list(index.offset or ()),
            "sizes": _sizes(metadata, index),
            **asdict(piece),
        }
        for index, piece in pieces
    ]
    return {"tensors": tensors, "pieces": rows}


def _sizes(metadata: Metadata, index: MetadataIndex) -> list[int]:
    stored = metadata.state_dict_metadata[index.fqn]
    assert isinstance(stored, TensorStorageMetadata)
    return next(
        list(chunk.sizes) for chunk in stored.chunks if chunk.offsets == (index.offset or torch.Size())
    )


def from_plain(index: dict[str, Any]) -> Metadata:
    """Give the index back as the library's own classes."""
    chunks: dict[str, list[ChunkStorageMetadata]] = defaultdict(list)
    storage = {}
    for row in index["pieces"]:
        offset = torch.Size(row["offset"])
        chunks[row["tensor"]].append(ChunkStorageMetadata(offsets=offset, sizes=torch.Size(row["sizes"])))
        piece = Piece(row["name"], row["start"], row["size"], row["sha256"])
        storage[MetadataIndex(row["tensor"], offset)] = piece
    tensors = {
        name: TensorStorageMetadata(
            properties=TensorProperties(dtype=getattr(torch, stored["dtype"])),
            size=torch.Size(stored["size"]),
            chunks=chunks[name],
        )
        for name, stored in index["tensors"].items()
    }
    return Metadata(state_dict_metadata=dict(tensors), storage_data=storage)
