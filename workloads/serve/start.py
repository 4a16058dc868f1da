"""From settings to a model in memory."""

import logging
import os

import torch

from workloads.serve.model import Llama, Reduce, alone, block_bytes
from workloads.serve.ops import TorchOps
from workloads.serve.runner import Runner
from workloads.serve.shape import Shape
from workloads.serve.source import Source
from workloads.serve.spec import ServeSpec
from workloads.serve.weights import Share, Weights, load

log = logging.getLogger("causeway.serve")

CPU_CACHE_GIB = 0.25
"""Cache on a CPU unless the spec names a size."""
SPARE_GIB = 1.5
"""GPU memory left to the library's workspaces, recorded graphs and fragments."""


def context(spec: ServeSpec, shape: Shape) -> int:
    """Give the longest sequence; a spec cannot ask for more than the model knows."""
    if spec.context > shape.context:
        raise ValueError(f"context is {spec.context}, the model's max_position_embeddings is {shape.context}")
    return spec.context or shape.context


def dtype(spec: ServeSpec) -> torch.dtype:
    """Give the type of activations and cache."""
    plain = spec.weights == "float32" or (spec.weights in {"auto", "float8"} and not spec.accelerators)
    return torch.float32 if plain else torch.bfloat16


def start(spec: ServeSpec, source: Source, shape: Shape) -> Runner:
    """Load a model on this process's device: the first GPU, or the CPU where the spec asks for no accelerator."""
    check_devices(spec)
    device = torch.device("cuda", 0) if spec.accelerators else torch.device("cpu")
    torch.set_num_threads(max(1, (os.cpu_count() or 1) - 1))  # one core is the event loop's
    weights = load(source, shape, device, dtype(spec), float8=spec.weights == "float8")
    return make_runner(spec, shape, weights)


def check_devices(spec: ServeSpec) -> None:
    """Refuse more GPUs than there are."""
    found = torch.cuda.device_count() if spec.accelerators else 0
    if found < spec.accelerators:
        raise ValueError(
            f"accelerators is {spec.accelerators}, this machine has {found} GPUs; 0 serves on the CPU"
        )


def make_runner(
    spec: ServeSpec,
    shape: Shape,
    weights: Weights,
    *,
    share: Share | None = None,
    total: Reduce = alone,
    gather: Reduce = alone,
    blocks: int = 0,
) -> Runner:
    """Put cache, operations and graphs around weights, on the device where these are."""
    longest = context(spec, shape)
    blocks = blocks or count_blocks(spec, shape, weights, share)
    device = weights.embedding.device
    if device.type == "cpu":
        llama = Llama(
            shape, weights, TorchOps(device), blocks=blocks, block_size=spec.block_size,
            share=share, total=total, gather=gather,
        )  # fmt: skip
        return Runner(llama, longest)
    from workloads.serve.cuda import CudaOps
    from workloads.serve.graphs import GraphRunner
    from workloads.serve.tuned import tune

    weights, told = tune(weights)
    log.info("products of one row: %s", told)
    ops = CudaOps(device, torch.cuda.get_device_properties(device).multi_processor_count)
    llama = Llama(
        shape,
        weights,
        ops,
        blocks=blocks + 1,
        block_size=spec.block_size,
        share=share,
        total=total,
        gather=gather,
    )
    return GraphRunner(llama, longest, spec.max_running)


def count_blocks(spec: ServeSpec, shape: Shape, weights: Weights, share: Share | None = None) -> int:
    """Give as many cache blocks as memory allows, and never more than all running sequences can use."""
    each = block_bytes(shape, spec.block_size, weights.embedding.dtype, share)
    enough = spec.max_running * -(-context(spec, shape) // spec.block_size)
    room = spec.cache_gib * 2**30 or _free_bytes(spec, shape, weights.embedding)
    blocks = min(enough, int(room / each))
    if blocks < 1:
        raise ValueError(f"no room for the key-value cache: a block takes {each} bytes, {int(room)} are free")
    return blocks


def _free_bytes(spec: ServeSpec, shape: Shape, like: torch.Tensor) -> float:
    """Give what a device has left beside the activations of the largest step."""
    if not like.is_cuda:
        return CPU_CACHE_GIB * 2**30
    torch.cuda.empty_cache()
    free, _ = torch.cuda.mem_get_info(like.device)
    step = spec.step_tokens * (4 * shape.hidden + 8 * shape.width) * like.itemsize
    answers = spec.max_running * shape.vocabulary * 8
    return float(free - step - answers) - SPARE_GIB * 2**30
