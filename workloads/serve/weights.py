"""A model's weights, read from safetensors into merged matrices, cut to this process's share."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from workloads.serve.linear import Float8, Linear, Plain
from workloads.serve.shape import Shape
from workloads.serve.source import Source, weight_files


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of each matrix a process holds, when several GPUs hold one model."""

    rank: int = 0
    """This process."""
    count: int = 1
    """All processes."""

    def check(self, shape: Shape) -> None:
        """Refuse a number of GPUs that does not divide the model."""
        wrong = {
            name: value
            for name, value in (
                ("kv_heads", shape.kv_heads),
                ("heads", shape.heads),
                ("hidden", shape.hidden),
            )
            if value % self.count
        }
        if wrong:
            sizes = ", ".join(f"{name} {value}" for name, value in wrong.items())
            raise ValueError(f"{self.count} GPUs do not divide this model's {sizes}; use a common divisor")

    def cut(self, size: int) -> slice:
        """Give this process's part of a dimension; the last part may be short."""
        each = -(-size // self.count)
        return slice(self.rank * each, min(size, (self.rank + 1) * each))


@dataclass(frozen=True, slots=True)
class Layer:
    """Weights of one block."""

    attention_norm: Tensor
    """(width,)"""
    qkv: Linear
    """(heads + 2 kv_heads) * head rows: query, key and value in one product."""
    out: Linear
    """width rows."""
    feed_norm: Tensor
    """(width,)"""
    gate_up: Linear
    """2 * hidden rows: gate, then up."""
    down: Linear
    """width rows."""


@dataclass(frozen=True, slots=True)
class Weights:
    """All weights of one process's share."""

    embedding: Tensor
    """(vocabulary, width)"""
    layers: tuple[Layer, ...]
    """The blocks."""
    norm: Tensor
    """(width,)"""
    head: Linear
    """This share's rows of the output layer."""


Read = Callable[[str, slice, slice], Tensor]
"""Gives rows and columns of a named tensor; a vector has no columns."""

ALL = slice(None)


def assemble(shape: Shape, read: Read, share: Share, make: Callable[[Tensor], Linear]) -> Weights:
    """Merge what is multiplied together and cut what is shared out."""
    heads, kv_heads = share.cut(shape.heads), share.cut(shape.kv_heads)
    query = slice(heads.start * shape.head, heads.stop * shape.head)
    value = slice(kv_heads.start * shape.head, kv_heads.stop * shape.head)
    hidden, words = share.cut(shape.hidden), share.cut(shape.vocabulary)

    def layer(number: int) -> Layer:
        at = f"model.layers.{number}."
        rows = [("q", query), ("k", value), ("v", value)]
        qkv = torch.cat([read(f"{at}self_attn.{name}_proj.weight", part, ALL) for name, part in rows])
        gate_up = torch.cat([read(f"{at}mlp.{name}_proj.weight", hidden, ALL) for name in ("gate", "up")])
        return Layer(
            attention_norm=read(f"{at}input_layernorm.weight", ALL, ALL),
            qkv=make(qkv),
            out=make(read(f"{at}self_attn.o_proj.weight", ALL, query)),
            feed_norm=read(f"{at}post_attention_layernorm.weight", ALL, ALL),
            gate_up=make(gate_up),
            down=make(read(f"{at}mlp.down_proj.weight", ALL, hidden)),
        )

    embedding = read("model.embed_tokens.weight", ALL, ALL)
    head = embedding[words] if shape.tied else read("lm_head.weight", words, ALL)
    return Weights(
        embedding=embedding,
        layers=tuple(layer(number) for number in range(shape.layers)),
        norm=read("model.norm.weight", ALL, ALL),
        head=Plain(head.contiguous()),
    )


def load(
    source: Source,
    shape: Shape,
    device: torch.device,
    dtype: torch.dtype,
    *,
    float8: bool = False,
    share: Share | None = None,
) -> Weights:
    """Read a model's weights onto a device; missing tensors and wrong shapes are named all at once."""
    share = share or Share()
    share.check(shape)
    with ExitStack() as stack:
        tensors = _open(source, stack)
        _check(shape, tensors, source)

        def read(name: str, rows: slice, columns: slice) -> Tensor:
            lazy = tensors[name].get_slice(name)
            part: Tensor = lazy[rows] if len(lazy.get_shape()) == 1 else lazy[rows, columns]
            return part.to(device=device, dtype=dtype).contiguous()

        return assemble(shape, read, share, Float8 if float8 else Plain)


def random_weights(
    shape: Shape,
    device: torch.device,
    dtype: torch.dtype,
    *,
    float8: bool = False,
    share: Share | None = None,
) -> Weights:
    """Make seeded random weights of a shape, for measurements without a model."""
    generator = torch.Generator(device).manual_seed(0)
    sizes = expected(shape)

    def read(name: str, rows: slice, columns: slice) -> Tensor:
        size = sizes[name]
        if len(size) == 1:
            return torch.ones(size, device=device, dtype=dtype)[rows]
        full = torch.empty(size, device=device, dtype=dtype).normal_(0.0, 0.02, generator=generator)
        return full[rows, columns].contiguous()

    return assemble(shape, read, share or Share(), Float8 if float8 else Plain)


def expected(shape: Shape) -> dict[str, tuple[int, ...]]:
    """Name every tensor of a Hugging Face Llama with its size."""
    query, value = shape.heads * shape.head, shape.kv_heads * shape.head
    block = {
        "input_layernorm.weight": (shape.width,),
        "self_attn.q_proj.weight": (query, shape.width),
        "self_attn.k_proj.weight": (value, shape.width),
        "self_attn.v_proj.weight": (value, shape.width),
        "self_attn.o_proj.weight": (shape.width, query),
        "post_attention_layernorm.weight": (shape.width,),
        "mlp.gate_proj.weight": (shape.hidden, shape.width),
        "mlp.up_proj.weight": (shape.hidden, shape.width),
        "mlp.down_proj.weight": (shape.width, shape.hidden),
    }
    named = {f"model.layers.{n}.{name}": size for n in range(shape.layers) for name, size in block.items()}
    ends = {
        "model.embed_tokens.weight": (shape.vocabulary, shape.width),
        "model.norm.weight": (shape.width,),
    }
    head = {} if shape.tied else {"lm_head.weight": (shape.vocabulary, shape.width)}
    return {**ends, **head, **named}


def _open(source: Source, stack: ExitStack) -> dict[str, Any]:
    """Open every file and say which tensor is in which."""
    found: dict[str, Any] = {}
    for name in weight_files(source):
        path = stack.enter_context(source.path(name))
        try:
            file = stack.enter_context(safe_open(str(path), framework="pt"))
        except SafetensorError as error:
            raise ValueError(f"{source}/{name}: not a whole safetensors file ({error})") from None
        found.update(dict.fromkeys(file.keys(), file))
    return found


def _check(shape: Shape, tensors: Mapping[str, Any], source: Source) -> None:
    problems = []
    for name, size in expected(shape).items():
        if name not in tensors:
            problems.append(f"{name} is missing")
        elif (given := tuple(tensors[name].get_slice(name).get_shape())) != size:
            problems.append(f"{name} is {given}, config.json says {size}")
    if problems:
        more = f" and {len(problems) - 5} more" if len(problems) > 5 else ""
        raise ValueError(f"{source}: weights do not fit config.json: {'; '.join(problems[:5])}{more}")
