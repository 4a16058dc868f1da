"""A decoder-only transformer, GPT-2's or Llama's parts by its shape; weights stay fp32, arithmetic is `dtype`."""

import hashlib
import math
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.utils.checkpoint import CheckpointPolicy, checkpoint, create_selective_checkpoint_contexts

from workloads.pretrain.loss import Kernels, linear_cross_entropy
from workloads.pretrain.shape import Shape


class Linear(nn.Linear):
    """A linear layer that computes in its input's type; the weight itself stays in fp32 for the optimizer."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out)."""
        bias = None if self.bias is None else self.bias.to(x.dtype)
        return F.linear(x, self.weight.to(x.dtype), bias)


class Norm(nn.Module):
    """RMSNorm or LayerNorm over the last dimension, summed in fp32 inside the kernel."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.centred, self.eps = shape.family == "gpt2", shape.norm_eps
        self.weight = nn.Parameter(torch.empty(shape.width))
        self.bias = nn.Parameter(torch.empty(shape.width)) if shape.bias else None

    def forward(self, x: Tensor) -> Tensor:
        """Normalise (..., width)."""
        weight = self.weight.to(x.dtype)
        if not self.centred:
            return F.rms_norm(x, weight.shape, weight, self.eps)
        bias = None if self.bias is None else self.bias.to(x.dtype)
        return F.layer_norm(x, weight.shape, weight, bias, self.eps)


class Attention(nn.Module):
    """Causal attention with grouped queries.

    Rows of `qkv` go by group: the queries of one key head, then that key, then its value. So a tensor-parallel slice
    of the rows is a set of whole groups.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.head_dim, self.queries = shape.head_dim, shape.heads // shape.kv_heads
        size = (shape.heads + 2 * shape.kv_heads) * shape.head_dim
        self.qkv = Linear(shape.width, size, bias=shape.bias)
        self.out = Linear(shape.heads * shape.head_dim, shape.width, bias=shape.bias)

    def forward(self, x: Tensor, rotary: tuple[Tensor, Tensor] | None) -> Tensor:
        """Mix (batch, time, width) over time."""
        batch, time, _ = x.shape
        groups = self.qkv(x).view(batch, time, -1, self.queries + 2, self.head_dim)
        q, k, v = groups.split((self.queries, 1, 1), dim=3)
        q, k = q.flatten(2, 3), k.squeeze(3)
        if rotary is not None:
            q, k = rotate(q, *rotary), rotate(k, *rotary)
        k = k.unsqueeze(3).expand(-1, -1, -1, self.queries, -1).flatten(2, 3)
        v = v.expand(-1, -1, -1, self.queries, -1).flatten(2, 3)
        y = F.scaled_dot_product_attention(
            q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), is_causal=True
        )
        mixed: Tensor = self.out(y.transpose(1, 2).flatten(2))
        return mixed


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn pairs (i, i + half) of (batch, time, heads, head_dim) by position; the arithmetic is fp32."""
    first, second = x.float().chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1).to(x.dtype)


class Gelu(nn.Module):
    """GPT-2's feed-forward part."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.up = Linear(shape.width, shape.hidden, bias=shape.bias)
        self.down = Linear(shape.hidden, shape.width, bias=shape.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., width) to (..., width)."""
        y: Tensor = self.down(F.gelu(self.up(x)))
        return y


class SwiGLU(nn.Module):
    """Llama's feed-forward part."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.gate = Linear(shape.width, shape.hidden, bias=shape.bias)
        self.up = Linear(shape.width, shape.hidden, bias=shape.bias)
        self.down = Linear(shape.hidden, shape.width, bias=shape.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., width) to (..., width)."""
        y: Tensor = self.down(F.silu(self.gate(x)) * self.up(x))
        return y


class Block(nn.Module):
    """Attention and feed-forward part, each normalised before and added after."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention_norm, self.mlp_norm = Norm(shape), Norm(shape)
        self.attention = Attention(shape)
        self.mlp = SwiGLU(shape) if shape.family == "llama" else Gelu(shape)

    def forward(self, x: Tensor, rotary: tuple[Tensor, Tensor] | None) -> Tensor:
        """Map (batch, time, width) to the same form."""
        x = x + self.attention(self.attention_norm(x), rotary)
        y: Tensor = x + self.mlp(self.mlp_norm(x))
        return y


class Transformer(nn.Module):
    """Token ids in, logits or a summed loss out. A pipeline stage is the same class with parts taken away."""

    def __init__(self, shape: Shape, dtype: torch.dtype = torch.float32, recompute: str = "none") -> None:
        super().__init__()
        self.shape, self.dtype, self.recompute = shape, dtype, recompute
        self.kernels = Kernels()
        self.embed: nn.Embedding | None = nn.Embedding(shape.vocab, shape.width)
        self.positions = nn.Embedding(shape.context, shape.width) if shape.family == "gpt2" else None
        self.layers = nn.ModuleDict({str(index): Block(shape) for index in range(shape.layers)})
        self.norm: Norm | None = Norm(shape)
        self.head = None if shape.tied else Linear(shape.width, shape.vocab, bias=False)

    def forward(self, x: Tensor, targets: Tensor | None = None) -> Tensor:
        """Give what follows from token ids (batch, time) or, in a later stage, from activations.

        With `targets` (batch, time; -100 is ignored): the loss summed over tokens, fp32. Without: logits; a stage
        without a norm gives activations.
        """
        rotary = self.rotary(x.shape[1], x.device)
        if self.embed is not None:
            x = self.embed(x).to(self.dtype)
            if self.positions is not None:
                x = x + self.positions.weight[: x.shape[1]].to(self.dtype)
        for layer in self.layers.values():
            x = self.through(layer, x, rotary)
        if self.norm is None:
            return x
        normed: Tensor = self.norm(x)
        weight = self.head_weight()
        if targets is None:
            return F.linear(normed, weight.to(x.dtype))
        loss: Tensor = linear_cross_entropy(normed.flatten(0, 1), weight, targets.flatten(), self.kernels)
        return loss

    def compile_parts(self, *, whole: bool) -> None:
        """Compile the model in one piece, or block by block: less to compile, and shards can be gathered between."""
        self.kernels = Kernels.compiled(self.kernels.head)
        for module in [self] if whole else self.layers.values():
            module.compile(dynamic=False)

    def head_weight(self) -> Tensor:
        """Give the head's whole matrix (vocabulary, width): its own or the embedding's."""
        owner = self.embed if self.head is None else self.head
        assert owner is not None
        weight: Tensor = owner.weight
        return weight.full_tensor() if isinstance(weight, DTensor) else weight

    def rotary(self, time: int, device: torch.device) -> tuple[Tensor, Tensor] | None:
        """Give cosine and sine of each position and frequency, (time, 1, head_dim / 2) in fp32; None for GPT-2."""
        if self.shape.family == "gpt2":
            return None
        half = self.shape.head_dim // 2
        steps = torch.arange(half, device=device, dtype=torch.float32) / half
        angles = torch.outer(torch.arange(time, device=device).float(), self.shape.rope_theta**-steps)
        return angles.cos().unsqueeze(1), angles.sin().unsqueeze(1)

    def through(self, layer: nn.Module, x: Tensor, rotary: tuple[Tensor, Tensor] | None) -> Tensor:
        """Run one block, keeping or recomputing its activations by policy."""
        if self.recompute == "none" or not torch.is_grad_enabled():
            y: Tensor = layer(x, rotary)
            return y
        options: dict[str, Any] = {"use_reentrant": False}
        if self.recompute == "selective":
            options["context_fn"] = partial(create_selective_checkpoint_contexts, _keep_products)
        y = checkpoint(layer, x, rotary, **options)
        return y  # noqa: RET504 - typed above


_PRODUCTS = frozenset(
    getattr(torch.ops.aten, name).default
    for name in (
        "mm",
        "addmm",
        "_scaled_mm",
        "_scaled_dot_product_flash_attention",
        "_scaled_dot_product_flash_attention_for_cpu",
        "_scaled_dot_product_efficient_attention",
        "_scaled_dot_product_cudnn_attention",
    )
)
"""What the selective policy keeps: products are dear to repeat, everything between them is cheap."""


def _keep_products(_context: object, op: object, *_args: object, **_kwargs: object) -> CheckpointPolicy:
    return CheckpointPolicy.MUST_SAVE if op in _PRODUCTS else CheckpointPolicy.PREFER_RECOMPUTE


def materialize(module: nn.Module, prefix: str, shape: Shape, seed: int, device: torch.device) -> None:
    """Give a module built on `meta` its memory and first weights.

    Each weight is drawn from a generator of its own, seeded by its name: the same whatever the mesh, the stage or the
    order. Weights are N(0, 0.02) for GPT-2 and embeddings, N(0, 1/width) for Llama's matrices (0.022 at width 2048),
    output projections smaller by sqrt(2 x layers).
    """
    module.to_empty(device=device)
    generator = torch.Generator(device=device)
    for name, parameter in module.named_parameters(prefix=prefix):
        digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
        generator.manual_seed(int.from_bytes(digest[:8], "big") >> 1)
        full = _first_value(name, parameter.shape, shape, generator, device)
        if isinstance(parameter, DTensor):
            full = distribute_tensor(full, parameter.device_mesh, parameter.placements, src_data_rank=None)
        with torch.no_grad():
            parameter.copy_(full)


def _first_value(
    name: str, size: torch.Size, shape: Shape, generator: torch.Generator, device: torch.device
) -> Tensor:
    if len(size) == 1:
        return torch.full(size, 1.0 if name.endswith("norm.weight") else 0.0, device=device)
    plain = shape.family == "gpt2" or name.startswith(("embed", "head"))
    deviation = 0.02 if plain else shape.width**-0.5
    if name.endswith(("out.weight", "down.weight")):
        deviation /= math.sqrt(2 * shape.layers)
    return torch.empty(size, device=device).normal_(0.0, deviation, generator=generator)


def build(
    shape: Shape, seed: int, device: torch.device, dtype: torch.dtype, recompute: str = "none"
) -> Transformer:
    """Build a whole model on one device."""
    with torch.device("meta"):
        model = Transformer(shape, dtype, recompute)
    materialize(model, "", shape, seed, device)
    return model
