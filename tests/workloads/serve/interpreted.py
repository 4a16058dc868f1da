"""Checks of the GPU kernels in Triton's interpreter, against plain torch. Run by test_kernels.py as a process."""

from collections.abc import Callable

import torch
from interpreter import play

from workloads.serve.batch import Draw, Sampling, Slice
from workloads.serve.cuda import CudaOps
from workloads.serve.layout import pack
from workloads.serve.linear import Plain
from workloads.serve.ops import TorchOps
from workloads.serve.tuned import RowProduct, Tiling

HEADS, KV_HEADS, HEAD, BLOCK = 4, 2, 16, 16
CPU = torch.device("cpu")


def random(*size: int) -> torch.Tensor:
    """Draw fresh numbers; never zeros, which hide what was not written."""
    return torch.randn(*size)


def mixed_step() -> list[Slice]:
    """Two one-token slices, a whole prompt longer than a tile, and the later part of another."""
    draw = Draw(Sampling(), 0)
    return [
        Slice([1], 70, [9, 1, 2, 3, 4], draw),
        Slice([2], 0, [5], draw),
        Slice([3] * 80, 0, [10, 11, 12, 13, 14], draw),
        Slice([4] * 20, 30, [20, 21, 22, 23], None),
    ]


def attention(processors: int) -> None:
    """Decode (whole or split over programs) and prefill kernels give torch's attention."""
    layout = pack(mixed_step(), BLOCK)
    cache = (random(30, BLOCK, KV_HEADS, HEAD), random(30, BLOCK, KV_HEADS, HEAD))
    query = random(len(layout.tokens), HEADS, HEAD)
    plain, ours = TorchOps(CPU), CudaOps(CPU, processors)
    expected = plain.attend(query, plain.step(layout), cache)
    torch.testing.assert_close(ours.attend(query, ours.step(layout), cache), expected, rtol=1e-5, atol=1e-5)


def rotation() -> None:
    """Queries come out rotated; keys and values lie in the slots of their tokens and nowhere else."""
    layout = pack([Slice([1, 2, 3], 5, [4], Draw(Sampling(), 0))], BLOCK)
    qkv, table = random(3, (HEADS + 2 * KV_HEADS) * HEAD), random(64, 2, HEAD // 2)
    size = (6, BLOCK, KV_HEADS, HEAD)
    caches = [(torch.full(size, 7.0), torch.full(size, 7.0)) for _ in range(2)]
    plain, ours = TorchOps(CPU), CudaOps(CPU, 1)
    expected = plain.rotate_and_store(qkv, table, plain.step(layout), caches[0])
    found = ours.rotate_and_store(qkv, table, ours.step(layout), caches[1])
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(caches[1], caches[0])


def norms_and_gate() -> None:
    """RMSNorm with and without the sum, and SwiGLU, at widths that are no power of two."""
    plain, ours = TorchOps(CPU), CudaOps(CPU, 1)
    x, delta, weight = random(3, 40), random(3, 40), random(40)
    torch.testing.assert_close(ours.norm(x, weight, 1e-5), plain.norm(x, weight, 1e-5))
    torch.testing.assert_close(ours.add_norm(x, delta, weight, 1e-5), plain.add_norm(x, delta, weight, 1e-5))
    torch.testing.assert_close(ours.swiglu(delta), plain.swiglu(delta))


def product_of_one_row() -> None:
    """The kernel of one row equals the library's product, and leaves larger inputs to it."""
    base = Plain(random(37, 50))
    ours = RowProduct(base, Tiling(rows=8, tile=32, warps=4))
    for rows in (1, 2):
        x = random(rows, 50)
        torch.testing.assert_close(ours(x), base(x), rtol=1e-5, atol=1e-5)


CHECKS: dict[str, Callable[[], None]] = {
    "attention, one program a sequence": lambda: attention(1),
    "attention, sequences split": lambda: attention(8),
    "rotation": rotation,
    "norms and gate": norms_and_gate,
    "product of one row": product_of_one_row,
}


if __name__ == "__main__":
    play(CHECKS)
