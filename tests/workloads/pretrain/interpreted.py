"""Checks of the float8 kernels in Triton's interpreter, against plain torch. Run by test_kernels.py as a process.

They write 16 bits in place of float8, whose rounding the interpreter has wrong (7.9 becomes 4.0 in e4m3).
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from interpreter import play
from torch import Tensor

from workloads.pretrain import float8_kernels as kernels
from workloads.pretrain import float8_layers as layers
from workloads.pretrain.loss import Kernels, PlainHead
from workloads.pretrain.softmax_kernel import softmax_loss_in_place

SIZE = (70, 200)
"""No multiple of a tile."""


def agree(pair: tuple[Tensor, Tensor], wanted: Tensor) -> None:
    """Both ways hold the wanted numbers; the interpreter cuts off where a GPU rounds to bf16."""
    by_rows, by_columns = pair
    assert torch.equal(by_rows, by_columns.t())
    torch.testing.assert_close(by_rows.float(), wanted, rtol=2**-7, atol=1e-5)


def casts() -> None:
    """A plain cast, GELU and its slope, each times its factor."""
    x, grad, factor = torch.randn(SIZE) * 3, torch.randn(SIZE), torch.tensor(10.0)
    before = x.clone().requires_grad_()
    after = F.gelu(before)
    (slope,) = torch.autograd.grad(after, before, grad)
    agree(kernels.to_float8(x.t().contiguous().t(), factor, torch.bfloat16), x * 10)
    agree(kernels.gelu_to_float8(x, factor, torch.bfloat16), after.detach() * 10)
    agree(kernels.gelu_slope_to_float8(x, grad, factor, torch.bfloat16), slope * 10)


def logits_and_targets() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Draw logits, and targets of which one doesn't count; give torch's loss and slope too."""
    logits, targets = torch.randn(SIZE, requires_grad=True), torch.randint(0, SIZE[1], (SIZE[0],))
    targets[3] = -100
    loss = F.cross_entropy(logits, targets, ignore_index=-100, reduction="sum")
    (slope,) = torch.autograd.grad(loss, logits)
    return logits.detach(), targets, loss.detach(), slope


def softmax_to_float8() -> None:
    """Loss and scaled slope, over several blocks of columns."""
    logits, targets, loss, slope = logits_and_targets()
    kernels.BLOCK = 128
    found, pair = kernels.softmax_slope(logits, targets, torch.bfloat16)
    torch.testing.assert_close(found, loss)
    agree(pair, slope * kernels.SLOPE_SCALE)


def softmax_in_place() -> None:
    """Loss, and the slope where the logits were."""
    logits, targets, loss, slope = logits_and_targets()
    found, written = softmax_loss_in_place(logits, targets)
    torch.testing.assert_close(found, loss)
    assert written is logits
    torch.testing.assert_close(written, slope)


def exact(  # the signature of float8's product
    a: Tensor, b: Tensor, a_scale: Tensor, b_scale: Tensor, dtype: torch.dtype, *, fast: bool = True
) -> Tensor:
    """Multiply without float8; both sides lie as its kernel wants them."""
    assert a.is_contiguous()
    assert b.t().is_contiguous()
    return ((a.float() @ b.float()) * a_scale * b_scale).to(dtype)


def sixteen_bits() -> None:
    """Let the layers compute in half precision, whose range suits the scales."""
    vars(layers).update(E4M3=torch.float16, E5M2=torch.float16, product=exact)


def near(found: Tensor, wanted: Tensor) -> None:
    """The difference is small beside the whole: up to four cuts to bf16, of 0.4 % each."""
    assert found.shape == wanted.shape
    error = (found - wanted).norm() / wanted.norm()
    assert error < 0.02, error


def feed_forward() -> None:
    """The product chain of GPT-2's feed-forward part, forward and backward; no bound is too small."""
    sixteen_bits()
    sizes = ((64, 32), (128, 32), (32, 128))
    x, up, down = (torch.randn(size, requires_grad=True) for size in sizes)
    grad = torch.randn(64, 32)
    ours = layers.Float8Feed.apply(x, up, down)  # type: ignore[no-untyped-call]  # torch's own
    plain = F.gelu(x @ up.t()) @ down.t()
    near(ours, plain)
    pairs = zip(*(torch.autograd.grad(y, (x, up, down), grad) for y in (ours, plain)), strict=True)
    for found, wanted in pairs:
        near(found, wanted)


def head() -> None:
    """Loss and gradients of a chunk."""
    sixteen_bits()
    weight, rows = torch.randn(200, 32), torch.randn(64, 32)
    targets = torch.randint(0, 200, (64,))
    targets[5] = -100
    found = layers.Float8Head(weight, None).chunk(rows, targets)
    for each, wanted in zip(found, PlainHead(weight, Kernels()).chunk(rows, targets), strict=True):
        near(each, wanted)


CHECKS: dict[str, Callable[[], None]] = {
    "casts": casts,
    "softmax to float8": softmax_to_float8,
    "softmax in place": softmax_in_place,
    "feed-forward part": feed_forward,
    "head": head,
}


if __name__ == "__main__":
    play(CHECKS)
