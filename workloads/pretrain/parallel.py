"""The model laid over the mesh: DDP, FSDP2, tensor parallel and their combinations; compiled where it pays."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard
from torch.distributed.tensor import DTensor, Replicate
from torch.distributed.tensor.parallel import (
    ColwiseParallel,
    ParallelStyle,
    RowwiseParallel,
    parallelize_module,
)
from torch.nn.attention import SDPBackend
from torch.nn.parallel import DistributedDataParallel

from workloads.pretrain.float8 import use_float8
from workloads.pretrain.loader import Batch
from workloads.pretrain.mesh import Mesh
from workloads.pretrain.model import Transformer, materialize
from workloads.pretrain.shape import Shape
from workloads.pretrain.spec import MESH, PretrainSpec
from workloads.pretrain.world import World

KEPT = 1 / 8
"""Part of the device's memory that gathered weights may take for `auto` to keep them between the passes."""

WHOLE = 12
"""Most layers that are compiled in one piece; beyond it the compiler's time grows faster than what it saves."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A model on its mesh."""

    model: Transformer
    """This process's part; its parameter names are those of the whole model."""

    compute: Callable[[Batch, float], Tensor]
    """Forward and backward of a batch with the loss scaled; gives the local loss summed over tokens, detached."""

    copies: int
    """Processes that hold the same part when nothing is sharded."""


def lay(shape: Shape, spec: PretrainSpec, mesh: Mesh, world: World) -> Laid:
    """Build the model, cut it along the mesh, give it its first weights and compile it."""
    dtype = torch.bfloat16 if world.device.type == "cuda" else torch.float32
    prefer_attention(world.device)
    with torch.device("meta"):
        model = Transformer(shape, dtype, spec.recompute)
    grid = init_device_mesh(
        world.device.type, tuple(getattr(mesh, axis) for axis in MESH), mesh_dim_names=MESH
    )
    stage = 0
    if mesh.pipeline > 1:
        from workloads.pretrain.pipeline import cut  # a second of imports that other meshes need not wait for

        stage = cut(model, mesh, world.rank)
    if mesh.tensor > 1:
        _cut_tensors(model, grid["tensor"])
    keep = keeps(spec.reshard_after_forward, gathered_bytes(model), memory_of(world.device))
    _shard(model, spec, mesh, grid, world.device, keep=keep)
    return Laid(
        model, _computing(model, stage, mesh, grid, world, keep=keep), copies=world.size // mesh.pipeline
    )


def _computing(
    model: Transformer, stage: int, mesh: Mesh, grid: DeviceMesh, world: World, *, keep: bool
) -> Callable[[Batch, float], Tensor]:
    """Give the function that computes a batch: through all stages, with DDP, or on its own and FSDP2's hooks."""
    if mesh.pipeline > 1:
        from workloads.pretrain.pipeline import pipelined  # as above

        return pipelined(model, stage, mesh, grid, world)
    if mesh.data > 1 and mesh.tensor == 1 and mesh.shard == 1:
        options: dict[str, Any] = {"device_ids": [world.device.index]} if world.device.type == "cuda" else {}
        wrapped = DistributedDataParallel(model, gradient_as_bucket_view=True, **options)
        return _stepper(wrapped, world.device, wrapped.no_sync)
    return _stepper(model, world.device, _holding(model, keep=keep))


def _shard(
    model: Transformer, spec: PretrainSpec, mesh: Mesh, grid: DeviceMesh, device: torch.device, *, keep: bool
) -> None:
    """Make each block's memory and cut it over the data axis, so that no device holds all of the model at once."""
    shape = model.shape
    if spec.float8:
        use_float8(model, device)
    whole = mesh.data == 1 or (mesh.tensor == 1 and mesh.shard == 1 and mesh.pipeline == 1)
    compiled = spec.compile and device.type == "cuda"
    if whole:
        materialize(model, "", shape, spec.seed, device)
        if compiled:
            model.compile_parts(whole=shape.layers <= WHOLE)
        return
    if compiled:
        model.compile_parts(whole=False)
    axes = grid["replicate", "shard"] if mesh.replicate > 1 else grid["shard"]
    policy = MixedPrecisionPolicy(param_dtype=model.dtype, reduce_dtype=torch.float32)
    for name, block in model.layers.items():
        materialize(block, f"layers.{name}", shape, spec.seed, device)
        fully_shard(block, mesh=axes, mp_policy=policy, reshard_after_forward=not keep)
    for name, child in model.named_children():
        if child is not model.layers:
            materialize(child, name, shape, spec.seed, device)
    fully_shard(model, mesh=axes, mp_policy=policy)


def keeps(setting: str, gathered: int, memory: int | None) -> bool:
    """Tell whether weights of `gathered` bytes stay gathered between the passes; None is memory without a limit."""
    fits = memory is None or gathered <= memory * KEPT
    return setting == "never" or (setting == "auto" and fits)


def gathered_bytes(model: Transformer) -> int:
    """Give the bytes of the model's own weights, in the type of its arithmetic, when no shard is missing."""
    locals_ = (each.to_local() if isinstance(each, DTensor) else each for each in model.parameters())
    return sum(each.numel() for each in locals_) * model.dtype.itemsize


def memory_of(device: torch.device) -> int | None:
    """Give the bytes of a GPU; a CPU has no memory of its own."""
    return torch.cuda.get_device_properties(device).total_memory if device.type == "cuda" else None


def _cut_tensors(model: Transformer, axis: DeviceMesh) -> None:
    """Cut each layer's matrices by columns, then by rows: one all-reduce after attention, one after the MLP."""
    for block in model.layers.values():
        plan: dict[str, ParallelStyle] = {
            name: RowwiseParallel() if name.endswith((".out", ".down")) else ColwiseParallel()
            for name, part in block.named_modules()
            if isinstance(part, nn.Linear)
        }
        parallelize_module(block, axis, plan)
    if model.embed is not None:
        parallelize_module(model.embed, axis, RowwiseParallel(input_layouts=Replicate()))


def prefer_attention(device: torch.device) -> None:
    """Prefer cuDNN's attention from Hopper on: it uses the chip's own matrix instructions, torch's flash does not."""
    if device.type == "cuda" and torch.cuda.get_device_capability(device) >= (9, 0):
        usual = torch._C._get_sdp_priority_order()  # noqa: SLF001 - sdpa_kernel's own switch
        first = SDPBackend.CUDNN_ATTENTION.value
        torch._C._set_sdp_priority_order([first, *(each for each in usual if each != first)])  # noqa: SLF001 - as above


def _holding(model: Transformer, *, keep: bool) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """Give the context of a backward pass that others follow before the optimizer's step.

    Gradients are summed locally and not yet over the mesh; weights that may stay gathered do.
    """

    @contextlib.contextmanager
    def hold() -> Any:
        if isinstance(model, FSDPModule):
            model.set_requires_gradient_sync(False)
            model.set_reshard_after_backward(not keep)
        yield
        if isinstance(model, FSDPModule):
            model.set_requires_gradient_sync(True)
            model.set_reshard_after_backward(True)

    return hold


def _stepper(
    model: nn.Module, device: torch.device, hold: Callable[[], contextlib.AbstractContextManager[None]]
) -> Callable[[Batch, float], Tensor]:
    def compute(batch: Batch, scale: float) -> Tensor:
        total = torch.zeros((), device=device)
        last = len(batch.inputs) - 1
        for index, (inputs, targets) in enumerate(batch):
            with hold() if index < last else contextlib.nullcontext():
                loss = model(to_device(inputs, device), to_device(targets, device))
                (loss * scale).backward()
            total += loss.detach()
        return total

    return compute


def to_device(values: Any, device: torch.device) -> Tensor:
    """Copy an array to the device without waiting for it."""
    tensor = torch.from_numpy(values)
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor
