"""From settings to a model in memory."""

import logging

import torch

from workloads.serve.model import Llama, block_bytes
from workloads.serve.ops import Ops, TorchOps
from workloads.serve.runner import Runner
from workloads.serve.shape import Shape, parse_shape
from workloads.serve.source import Source, read_json
from workloads.serve.spec import ServeSpec
from workloads.serve.weights import load

log = logging.getLogger("causeway.serve")

CPU_CACHE_GIB = 0.25
"""Cache on a CPU unless the spec names a size."""


def read_shape(source: Source) -> Shape:
    """Read config.json."""
    return parse_shape(read_json(source, "config.json"), f"{source}/config.json")


def context(spec: ServeSpec, shape: Shape) -> int:
    """Give the longest sequence; a spec cannot ask for more than the model knows."""
    if spec.context > shape.context:
        raise ValueError(f"context is {spec.context}, the model's max_position_embeddings is {shape.context}")
    return spec.context or shape.context


def start(spec: ServeSpec, source: Source, shape: Shape) -> Runner:
    """Load a model on this process's device."""
    device = torch.device("cpu")
    dtype = torch.bfloat16 if spec.weights == "bfloat16" else torch.float32
    longest = context(spec, shape)
    weights = load(source, shape, device, dtype, float8=spec.weights == "float8")
    ops: Ops = TorchOps(device)
    blocks = int((spec.cache_gib or CPU_CACHE_GIB) * 2**30 / block_bytes(shape, spec.block_size, dtype))
    enough = spec.max_running * -(-longest // spec.block_size)
    llama = Llama(shape, weights, ops, blocks=max(1, min(blocks, enough)), block_size=spec.block_size)
    return Runner(llama, longest)
