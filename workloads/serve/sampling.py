"""Draw tokens from logits. A draw depends on its request's seed and counter only, never on its neighbours."""

from collections.abc import Sequence

import torch
from torch import Tensor

from workloads.serve.batch import Draw, Drawn

_MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def draw(logits: Tensor, wishes: Sequence[Draw]) -> list[Drawn]:
    """Draw one token for each row of (R, vocabulary)."""
    if all(wish.sampling.plain for wish in wishes):
        return [Drawn(token) for token in logits.argmax(-1).tolist()]
    logits = _adjust(logits.float(), wishes)
    tokens = _choose(logits, wishes)
    return _report(logits, tokens, wishes)


def _adjust(logits: Tensor, wishes: Sequence[Draw]) -> Tensor:
    """Apply penalties and biases, row by row: few requests ask for them."""
    if not any(wish.sampling.adjusts for wish in wishes):
        return logits
    logits = logits.clone()
    for row, wish in zip(logits, wishes, strict=True):
        sampling = wish.sampling
        if wish.output:
            seen, times = torch.unique(torch.tensor(wish.output, device=logits.device), return_counts=True)
            row[seen] -= sampling.presence_penalty + sampling.frequency_penalty * times
        for token, amount in sampling.bias:
            row[token] += amount
    return logits


def _choose(logits: Tensor, wishes: Sequence[Draw]) -> Tensor:
    """Take the likeliest where the temperature is 0, else draw by the exponential race."""
    likeliest = logits.argmax(-1)
    if all(wish.sampling.temperature == 0 for wish in wishes):
        return likeliest
    temperature = _column([wish.sampling.temperature or 1.0 for wish in wishes], logits)
    probabilities = _keep(logits / temperature, wishes).softmax(-1)
    seeds = torch.tensor([wish.sampling.seed for wish in wishes], device=logits.device)
    counters = torch.tensor([wish.counter for wish in wishes], device=logits.device)
    # argmax of p / e with e exponential has the distribution p, without sorting or a running sum
    drawn = (probabilities / -_uniform(seeds, counters, logits.shape[1]).log()).argmax(-1)
    greedy = torch.tensor([wish.sampling.temperature == 0 for wish in wishes], device=logits.device)
    return torch.where(greedy, likeliest, drawn)


def _keep(logits: Tensor, wishes: Sequence[Draw]) -> Tensor:
    """Remove what top_k and top_p leave out."""
    if all(wish.sampling.top_k == 0 and wish.sampling.top_p >= 1 for wish in wishes):
        return logits
    ordered, order = logits.sort(dim=-1, descending=True)
    size = logits.shape[1]
    places = torch.arange(size, device=logits.device)
    most = _column([wish.sampling.top_k or size for wish in wishes], logits)
    ordered = ordered.masked_fill(places >= most, -torch.inf)
    before = ordered.softmax(-1).cumsum(-1) - ordered.softmax(-1)
    share = _column([wish.sampling.top_p for wish in wishes], logits)
    # The likeliest token always stays: nothing comes before it.
    ordered = ordered.masked_fill((before >= share) & (places > 0), -torch.inf)
    return torch.full_like(logits, -torch.inf).scatter(1, order, ordered)


def _column(values: Sequence[float], like: Tensor) -> Tensor:
    return torch.tensor(values, device=like.device, dtype=torch.float32)[:, None]


def _uniform(seeds: Tensor, counters: Tensor, size: int) -> Tensor:
    """Hash (seed, counter, token) to (R, size) numbers inside (0, 1): splitmix64's finaliser."""
    first, second, third = (value - (1 << 64) for value in _MIX)
    keys = _shuffle(seeds * first + counters, second, third)
    mixed = _shuffle(keys[:, None] + torch.arange(1, size + 1, device=seeds.device) * first, second, third)
    return ((mixed >> 40) & 0xFFFFFF).float().add(0.5) * 2.0**-24


def _shuffle(x: Tensor, second: int, third: int) -> Tensor:
    """Mix 64 bits; a shift to the right must bring in zeros, so the sign's copies are masked away."""
    x = (x ^ ((x >> 30) & ((1 << 34) - 1))) * second
    x = (x ^ ((x >> 27) & ((1 << 37) - 1))) * third
    return x ^ ((x >> 31) & ((1 << 33) - 1))


def _report(logits: Tensor, tokens: Tensor, wishes: Sequence[Draw]) -> list[Drawn]:
    """Add the logarithms where they are wanted. They are the model's own: before temperature and truncation."""
    wanted = [wish.sampling.logprobs for wish in wishes]
    if all(one is None for one in wanted):
        return [Drawn(token) for token in tokens.tolist()]
    logs = logits.log_softmax(-1)
    own = logs.gather(1, tokens[:, None]).squeeze(1).tolist()
    most = max(one or 0 for one in wanted)
    best = logs.topk(max(1, most), dim=-1)
    rows = zip(tokens.tolist(), own, wanted, best.indices.tolist(), best.values.tolist(), strict=True)
    return [
        Drawn(token) if count is None else Drawn(token, log, tuple(zip(ids, values, strict=True))[:count])
        for token, log, count, ids, values in rows
    ]
