"""Cross-entropy over a large vocabulary without ever holding all logits.

Chunks of tokens go through the head one after the other; each chunk's gradient is computed at once, while its logits
are at hand. The same products as the plain way, a fraction of its memory and no fp32 copy of the logits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.autograd import Function

CHUNK = 16_384
"""Tokens of a chunk: 1.6 GB of bf16 logits at GPT-2's vocabulary."""


def softmax_loss(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Give the summed loss (fp32) of logits (tokens, vocabulary) and its slope with respect to them."""
    counts = (targets >= 0).unsqueeze(1)
    wide = logits.float()
    log_sum = wide.logsumexp(dim=1, keepdim=True)
    index = targets.clamp(min=0).unsqueeze(1)
    loss = ((log_sum - wide.gather(1, index)) * counts).sum()
    hit = torch.arange(logits.shape[1], device=logits.device) == index
    slope = ((wide - log_sum).exp() - hit.float()) * counts
    return loss, slope.to(logits.dtype)


def add(total: Tensor, product: Tensor) -> Tensor:
    """Add a product to an fp32 sum."""
    return total + product.float()


class Head(Protocol):
    """The head's matrix, ready for one batch's products."""

    def chunk(self, rows: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Give the summed loss (fp32) of rows (tokens, width) and the gradients of the rows and of the weight."""


class PlainHead:
    """A head that computes in the type of its input."""

    def __init__(self, weight: Tensor, kernels: "Kernels") -> None:
        self.weight, self.kernels = weight, kernels

    def chunk(self, rows: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Give loss and gradients of a chunk: three products."""
        loss, slope = self.kernels.softmax_loss(rows @ self.weight.T, targets)
        return loss, slope @ self.weight, slope.T @ rows


@dataclass(frozen=True, slots=True)
class Kernels:
    """What a GPU does its own way: compiled or by hand, each part reads and writes its tensors once."""

    softmax_loss: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]] = softmax_loss
    """From logits to loss and slope."""

    add: Callable[[Tensor, Tensor], Tensor] = add
    """Sum of the weight's gradient."""

    head: Callable[[Tensor, "Kernels"], Head] = PlainHead
    """From the weight (vocabulary, width), in the type of the arithmetic, to the products of a training step."""

    @classmethod
    def compiled(cls, head: Callable[[Tensor, "Kernels"], Head]) -> "Kernels":
        """Give the GPU's: the softmax by hand, since the compiler's reads the logits three times; the sum compiled."""
        from workloads.pretrain.softmax_kernel import softmax_loss_in_place

        return cls(softmax_loss_in_place, torch.compile(add, dynamic=False), head)


class LinearCrossEntropy(Function):
    """Sum over tokens of cross-entropy(x @ weight.T, targets); targets of -100 don't count."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, targets: Tensor, kernels: Kernels) -> Tensor:
        """Give the loss (fp32, scalar) of x (tokens, width), weight (vocabulary, width), targets (tokens)."""
        head = kernels.head(weight.to(x.dtype), kernels)
        loss = torch.zeros((), device=x.device, dtype=torch.float32)
        x_grads = []
        weight_grad: Tensor | None = None
        for rows, wanted in zip(torch.split(x, CHUNK), torch.split(targets, CHUNK), strict=True):
            part, x_grad, product = head.chunk(rows, wanted)
            loss = loss + part
            x_grads.append(x_grad)
            weight_grad = product.float() if weight_grad is None else kernels.add(weight_grad, product)
        ctx.save_for_backward(torch.cat(x_grads), weight_grad)
        return loss

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None, None]:
        """Scale the gradients that the forward pass left."""
        x_grad, weight_grad = ctx.saved_tensors
        return x_grad * grads[0].to(x_grad.dtype), weight_grad * grads[0], None, None


@torch.compiler.disable  # type: ignore[untyped-decorator]  # traced, the partitioner may keep all logits for later
def linear_cross_entropy(x: Tensor, weight: Tensor, targets: Tensor, kernels: Kernels) -> Tensor:
    """Give the loss summed over tokens; without a gradient only the loss is computed."""
    if torch.is_grad_enabled():
        loss: Tensor = LinearCrossEntropy.apply(x, weight, targets, kernels)  # type: ignore[no-untyped-call]  # torch's own
        return loss
    pairs = zip(torch.split(x, CHUNK), torch.split(targets, CHUNK), strict=True)
    parts = [kernels.softmax_loss(rows @ weight.to(x.dtype).T, wanted)[0] for rows, wanted in pairs]
    return torch.stack(parts).sum()
