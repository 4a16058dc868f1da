"""The largest shapes: layers cut into stages that work on different micro-batches at once (1F1B)."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.pipelining import PipelineStage, Schedule1F1B, ScheduleGPipe

from workloads.pretrain.loader import Batch
from workloads.pretrain.mesh import Mesh
from workloads.pretrain.model import Transformer
from workloads.pretrain.world import World


def cut(model: Transformer, mesh: Mesh, rank: int) -> int:
    """Take away what other stages hold, and give this stage's number; earlier stages get the odd layers."""
    stage = mesh.place(rank)[0]
    names = list(model.layers)
    share, odd = divmod(len(names), mesh.pipeline)
    begin = stage * share + min(stage, odd)
    kept = set(names[begin : begin + share + (stage < odd)])
    for name in names:
        if name not in kept:
            del model.layers[name]
    if stage > 0:
        model.embed = model.positions = None
    if stage < mesh.pipeline - 1:
        model.norm = model.head = None
    return stage


def pipelined(
    model: nn.Module, stage: int, mesh: Mesh, grid: DeviceMesh, world: World
) -> Callable[[Batch, float], Tensor]:
    """Give the function that sends a batch's micro-batches through all stages and back."""
    part = PipelineStage(model, stage, mesh.pipeline, world.device, group=grid.get_group("pipeline"))
    first, last = stage == 0, stage == mesh.pipeline - 1

    def compute(batch: Batch, scale: float) -> Tensor:
        count = len(batch.inputs)
        kind = Schedule1F1B if count >= mesh.pipeline else ScheduleGPipe
        schedule = kind(part, count, loss_fn=lambda loss, _: loss.sum() * scale, scale_grads=False)
        inputs = torch.from_numpy(batch.inputs).flatten(0, 1).to(world.device)
        targets = torch.from_numpy(batch.targets).flatten(0, 1).to(world.device)
        losses: list[Tensor] = []
        arguments = (inputs,) if first else ()
        if last:
            schedule.step(*arguments, targets=targets, target=targets, losses=losses, return_outputs=False)
        else:
            schedule.step(*arguments, return_outputs=False)
        return torch.stack(losses).sum().detach() / scale if losses else torch.zeros((), device=world.device)

    return compute
