"""Dimensions of a model, without torch. One dial (`depth`) derives the small ones; the big ones are published."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

from workloads.pretrain.spec import PretrainSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Dimensions of a decoder-only transformer."""

    family: Literal["llama", "gpt2"]
    """llama: RMSNorm, RoPE, SwiGLU, grouped queries. gpt2: LayerNorm, learned positions, GELU."""

    vocab: int
    """Rows of the embedding."""

    context: int
    """Tokens in a sample; the most that learned positions can address."""

    layers: int
    """Blocks."""

    width: int
    """Size of the residual stream."""

    heads: int
    """Query heads."""

    kv_heads: int
    """Key and value heads; divides `heads`."""

    hidden: int
    """Inner size of the feed-forward part."""

    tied: bool = True
    """Whether the head shares the embedding's matrix."""

    bias: bool = False
    """Whether linear layers and norms carry a bias (GPT-2 as published does)."""

    rope_theta: float = 10_000.0
    """Base of the rotary frequencies."""

    norm_eps: float = 1e-5
    """Epsilon of the norms."""

    @property
    def head_dim(self) -> int:
        """Size of one head."""
        return self.width // self.heads

    @property
    def parameters(self) -> int:
        """Trainable numbers, a tied head counted once."""
        attention = self.width * self.head_dim * (2 * self.heads + 2 * self.kv_heads)
        matrices = 3 if self.family == "llama" else 2
        norms = (2 * self.layers + 1) * self.width * (1 + self.bias)
        biases = self.layers * (
            self.head_dim * (self.heads + 2 * self.kv_heads) + 2 * self.width + self.hidden
        )
        embeddings = self.vocab * self.width * (1 if self.tied else 2)
        positions = self.context * self.width if self.family == "gpt2" else 0
        blocks = self.layers * (attention + matrices * self.width * self.hidden)
        return blocks + norms + self.bias * biases + embeddings + positions

    @property
    def flops_per_token(self) -> int:
        """Floating-point operations to train on one token: 6 a weight in a product, and 12 L H Q T of attention.

        The PaLM paper's formula (arXiv 2204.02311, appendix B); recomputed activations don't count.
        """
        outside = self.context * self.width if self.family == "gpt2" else 0
        outside += 0 if self.tied else self.vocab * self.width
        attention = 12 * self.layers * self.heads * self.head_dim * self.context
        return 6 * (self.parameters - outside) + attention

    def describe(self) -> str:
        """Name the shape in one line."""
        return (
            f"{self.family} {self.parameters / 1e6:.1f}M (layers {self.layers}, width {self.width}, "
            f"heads {self.heads}, kv heads {self.kv_heads}, hidden {self.hidden}, context {self.context}, "
            f"vocabulary {self.vocab})"
        )

    def to_dict(self) -> dict[str, Any]:
        """Give all fields as plain values."""
        return asdict(self)


def dial(depth: int, vocab: int, context: int, *, tied: bool = True) -> Shape:
    """Derive a small Llama from its depth: width 64 x depth, heads of 32 (64 from depth 8), two queries to a key."""
    width = 64 * depth
    heads = 2 * depth if depth < 8 else 2 * (depth // 2)
    hidden = 64 * math.ceil(width * 8 / 3 / 64)
    return Shape(
        family="llama",
        vocab=vocab,
        context=context,
        layers=depth,
        width=width,
        heads=heads,
        kv_heads=heads // 2,
        hidden=hidden,
        tied=tied,
    )


def gpt2(
    vocab: int = 50_304, context: int = 1024, layers: int = 12, width: int = 768, heads: int = 12
) -> Shape:
    """Give GPT-2's shape without biases; by default 124M, its 50,257 tokens padded to a multiple of 64."""
    return Shape(
        family="gpt2",
        vocab=vocab,
        context=context,
        layers=layers,
        width=width,
        heads=heads,
        kv_heads=heads,
        hidden=4 * width,
    )


def llama(name: str, vocab: int, context: int) -> Shape:
    """Give a published Llama 3 shape: 1b (heads of 128 instead of 64, which tensor cores prefer), 8b or 70b."""
    layers, width, heads, hidden = {
        "llama-1b": (16, 2048, 16, 8192),
        "llama-8b": (32, 4096, 32, 14336),
        "llama-70b": (80, 8192, 64, 28672),
    }[name]
    return Shape(
        family="llama",
        vocab=vocab,
        context=context,
        layers=layers,
        width=width,
        heads=heads,
        kv_heads=8,
        hidden=hidden,
        tied=name == "llama-1b",
        rope_theta=500_000.0,
    )


def shape_of(spec: PretrainSpec, vocab: int) -> Shape:
    """Give the shape that a run asks for, with a vocabulary padded to a multiple of 64 for the tensor cores.

    A small model whose mesh names a pipeline has a head of its own: the first and last stage can't share a matrix.
    """
    padded = 64 * math.ceil(vocab / 64)
    if spec.model == "depth":
        return dial(spec.depth, padded, spec.context or 128, tied="pipeline" not in spec.mesh)
    if spec.model == "gpt2-124m":
        return gpt2(padded, spec.context or 1024)
    return llama(spec.model, padded, spec.context or (2048 if spec.model == "llama-1b" else 8192))


def batch_of(spec: PretrainSpec, shape: Shape) -> int:
    """Give the samples of one step: as asked, else 512 tokens for each layer of a small model, 0.5M tokens for big."""
    tokens = 512 * spec.depth if spec.model == "depth" else 524_288
    return spec.batch or max(1, tokens // shape.context)


def learning_rate_of(spec: PretrainSpec, shape: Shape) -> float:
    """Give the peak learning rate: as asked, else 3e-4 at width 2048, growing with the root of 1/width."""
    return spec.learning_rate or min(6e-3, 3e-4 * (2048 / shape.width) ** 0.9)
