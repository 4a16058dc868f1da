"""Triton kernels: the operations of a decode step that plain torch would spread over many small launches.

All of them also run in Triton's interpreter (TRITON_INTERPRET=1), which is how they are tested without a GPU.
"""

# ruff: noqa: ANN001, ANN201, PLR0917 - a kernel's arguments are pointers and compile-time numbers
# mypy: disable-error-code="no-untyped-def,no-untyped-call,untyped-decorator"

import triton
import triton.language as tl

LOG2_E = 1.4426950408889634


@triton.jit
def norm_kernel(x, delta, weight, normed, total, width, epsilon, ADD: tl.constexpr, SIZE: tl.constexpr):
    """One row: total = x + delta (if ADD), normed = weight * total / rms(total)."""
    at = tl.program_id(0).to(tl.int64) * width + tl.arange(0, SIZE)
    inside = tl.arange(0, SIZE) < width
    row = tl.load(x + at, mask=inside, other=0.0)
    if ADD:
        row += tl.load(delta + at, mask=inside, other=0.0)
        tl.store(total + at, row, mask=inside)
    wide = row.to(tl.float32)
    scale = tl.rsqrt(tl.sum(wide * wide) / width + epsilon)
    gain = tl.load(weight + tl.arange(0, SIZE), mask=inside, other=0.0)
    tl.store(normed + at, (wide * scale).to(row.dtype) * gain, mask=inside)


@triton.jit
def rotate_kernel(qkv, table, positions, slots, query, keys, values, heads, kv_heads, HALF: tl.constexpr):
    """One head of one token: queries turn into `query`, keys turn into the cache, values move there."""
    token = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1)
    lane = tl.arange(0, HALF)
    source = qkv + (token * (heads + 2 * kv_heads) + head) * 2 * HALF
    left = tl.load(source + lane)
    right = tl.load(source + HALF + lane)
    slot = tl.load(slots + token).to(tl.int64)
    if head >= heads + kv_heads:
        target = values + (slot * kv_heads + head - heads - kv_heads) * 2 * HALF
        tl.store(target + lane, left)
        tl.store(target + HALF + lane, right)
    else:
        angles = table + tl.load(positions + token).to(tl.int64) * 2 * HALF + lane
        cosine = tl.load(angles).to(left.dtype)
        sine = tl.load(angles + HALF).to(left.dtype)
        if head < heads:
            target = query + (token * heads + head) * 2 * HALF
        else:
            target = keys + (slot * kv_heads + head - heads) * 2 * HALF
        tl.store(target + lane, left * cosine - right * sine)
        tl.store(target + HALF + lane, right * cosine + left * sine)


@triton.jit
def swiglu_kernel(gate_up, out, hidden, SIZE: tl.constexpr):
    """A run of one row: silu(gate) * up."""
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * SIZE + tl.arange(0, SIZE)
    inside = column < hidden
    gate = tl.load(gate_up + row * 2 * hidden + column, mask=inside, other=0.0).to(tl.float32)
    up = tl.load(gate_up + row * 2 * hidden + hidden + column, mask=inside, other=0.0)
    tl.store(out + row * hidden + column, (gate * tl.sigmoid(gate)).to(up.dtype) * up, mask=inside)


@triton.jit(do_not_specialize=["table_width"])
def decode_kernel(
    query, keys, values, tables, lengths, partial, weight, scale, table_width, kv_heads,
    GROUP: tl.constexpr, PADDED: tl.constexpr, HEAD: tl.constexpr, BLOCK: tl.constexpr, TILE: tl.constexpr,
    SPLITS: tl.constexpr, PRECISION: tl.constexpr,
):  # fmt: skip
    """One token, one key head with its GROUP of query heads, one of SPLITS parts of the sequence.

    Writes the part's mix (float32) and the logarithm (base 2) of its weight.
    """
    row = tl.program_id(0)
    kv = tl.program_id(1)
    split = tl.program_id(2)
    length = tl.load(lengths + row)
    share = tl.cdiv(tl.cdiv(length, SPLITS), TILE) * TILE
    begin = split * share
    end = tl.minimum(begin + share, length)
    group = tl.arange(0, PADDED)
    lane = tl.arange(0, HEAD)
    heads = row.to(tl.int64) * kv_heads * GROUP + kv * GROUP + group
    wanted = (group < GROUP)[:, None]
    q = tl.load(query + heads[:, None] * HEAD + lane[None, :], mask=wanted, other=0.0)
    best = tl.full([PADDED], float("-inf"), tl.float32)
    mass = tl.zeros([PADDED], tl.float32)
    mix = tl.zeros([PADDED, HEAD], tl.float32)
    for first in range(begin, end, TILE):
        place = first + tl.arange(0, TILE)
        seen = place < end
        block = tl.load(tables + row.to(tl.int64) * table_width + place // BLOCK, mask=seen, other=0)
        slot = (block.to(tl.int64) * BLOCK + place % BLOCK) * kv_heads + kv
        k = tl.load(keys + slot[:, None] * HEAD + lane[None, :], mask=seen[:, None], other=0.0)
        v = tl.load(values + slot[:, None] * HEAD + lane[None, :], mask=seen[:, None], other=0.0)
        score = tl.dot(q, tl.trans(k), input_precision=PRECISION) * scale
        score = tl.where(seen[None, :], score, float("-inf"))
        top = tl.maximum(best, tl.max(score, 1))
        chance = tl.exp2(score - top[:, None])
        fade = tl.exp2(best - top)
        mass = mass * fade + tl.sum(chance, 1)
        mix = mix * fade[:, None] + tl.dot(chance.to(v.dtype), v, input_precision=PRECISION)
        best = top
    part = heads * SPLITS + split
    mix = mix / tl.where(mass == 0.0, 1.0, mass)[:, None]
    tl.store(partial + part[:, None] * HEAD + lane[None, :], mix, mask=wanted)
    tl.store(weight + part, best + tl.log2(mass), mask=group < GROUP)


@triton.jit
def combine_kernel(partial, weight, out, HEAD: tl.constexpr, SPLITS: tl.constexpr):
    """One query head of one token: weigh its parts."""
    head = tl.program_id(0).to(tl.int64)
    split = tl.arange(0, SPLITS)
    lane = tl.arange(0, HEAD)
    logs = tl.load(weight + head * SPLITS + split)
    share = tl.exp2(logs - tl.max(logs, 0))
    parts = tl.load(partial + (head * SPLITS + split)[:, None] * HEAD + lane[None, :])
    mix = tl.sum(parts * share[:, None], 0) / tl.sum(share, 0)
    tl.store(out + head * HEAD + lane, mix.to(out.dtype.element_ty))


@triton.jit(do_not_specialize=["table_width"])
def prefill_kernel(
    query, keys, values, tables, lengths, starts, owner, offset, out, scale, table_width, kv_heads,
    GROUP: tl.constexpr, HEAD: tl.constexpr, BLOCK: tl.constexpr, ROWS: tl.constexpr, TILE: tl.constexpr,
    PRECISION: tl.constexpr,
):  # fmt: skip
    """ROWS tokens of one slice, one query head: causal attention over the paged cache."""
    piece = tl.load(owner + tl.program_id(0))
    head = tl.program_id(1)
    kv = head // GROUP
    begin = tl.load(starts + piece)
    count = tl.load(starts + piece + 1) - begin
    length = tl.load(lengths + piece)
    origin = tl.load(offset + tl.program_id(0))
    row = origin + tl.arange(0, ROWS)
    lane = tl.arange(0, HEAD)
    inside = row < count
    place = length - count + row
    at = ((begin + row).to(tl.int64) * kv_heads * GROUP + head) * HEAD
    q = tl.load(query + at[:, None] + lane[None, :], mask=inside[:, None], other=0.0)
    best = tl.full([ROWS], float("-inf"), tl.float32)
    mass = tl.zeros([ROWS], tl.float32)
    mix = tl.zeros([ROWS, HEAD], tl.float32)
    end = tl.minimum(length, length - count + origin + ROWS)
    for first in range(0, end, TILE):
        other = first + tl.arange(0, TILE)
        known = other < end
        block = tl.load(tables + piece.to(tl.int64) * table_width + other // BLOCK, mask=known, other=0)
        slot = (block.to(tl.int64) * BLOCK + other % BLOCK) * kv_heads + kv
        k = tl.load(keys + slot[:, None] * HEAD + lane[None, :], mask=known[:, None], other=0.0)
        v = tl.load(values + slot[:, None] * HEAD + lane[None, :], mask=known[:, None], other=0.0)
        score = tl.dot(q, tl.trans(k), input_precision=PRECISION) * scale
        score = tl.where(other[None, :] <= place[:, None], score, float("-inf"))
        top = tl.maximum(best, tl.max(score, 1))
        chance = tl.exp2(score - top[:, None])
        fade = tl.exp2(best - top)
        mass = mass * fade + tl.sum(chance, 1)
        mix = mix * fade[:, None] + tl.dot(chance.to(v.dtype), v, input_precision=PRECISION)
        best = top
    mix = mix / mass[:, None]
    tl.store(out + at[:, None] + lane[None, :], mix.to(out.dtype.element_ty), mask=inside[:, None])


@triton.jit
def row_product_kernel(
    x, weight, scale, out, inner, outer, SCALED: tl.constexpr, ROWS: tl.constexpr, TILE: tl.constexpr
):
    """One input row times ROWS rows of a weight (bfloat16, or float8 with a scale a row), summed in float32."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    inside = row < outer
    total = tl.zeros([ROWS, TILE], tl.float32)
    for first in range(0, inner, TILE):
        column = first + tl.arange(0, TILE)
        known = column < inner
        entry = tl.load(x + column, mask=known, other=0.0).to(tl.float32)
        at = row.to(tl.int64)[:, None] * inner + column[None, :]
        part = tl.load(weight + at, mask=inside[:, None] & known[None, :], other=0.0)
        total += part.to(tl.float32) * entry[None, :]
    result = tl.sum(total, 1)
    if SCALED:
        result *= tl.load(scale + row, mask=inside, other=0.0)
    tl.store(out + row, result.to(out.dtype.element_ty), mask=inside)


@triton.jit
def quantize_kernel(x, rounded, scale, width, LARGEST: tl.constexpr, SIZE: tl.constexpr):
    """One row to eight-bit floats with its own scale."""
    row = tl.program_id(0).to(tl.int64)
    at = row * width + tl.arange(0, SIZE)
    inside = tl.arange(0, SIZE) < width
    values = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    size = tl.maximum(tl.max(tl.abs(values), 0), 1e-12) / LARGEST
    tl.store(scale + row, size)
    tl.store(rounded + at, (values / size).to(rounded.dtype.element_ty), mask=inside)
