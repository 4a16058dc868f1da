"""Tokens are drawn by the model's probabilities, as each request bends them, and the same again by the same seed."""

import math

import pytest
import torch

from workloads.serve.batch import Draw, Sampling
from workloads.serve.sampling import draw

LOGITS = torch.tensor([0.0, 2.0, 1.0, -1.0, 1.5])


def tokens(sampling: Sampling, count: int = 1) -> list[int]:
    """Draw `count` tokens with counters 0, 1, 2 and so on."""
    wishes = [Draw(sampling, number) for number in range(count)]
    return [one.token for one in draw(LOGITS.repeat(count, 1), wishes)]


def test_greedy_takes_the_largest() -> None:
    """Temperature 0 is the argmax, in a batch with sampled rows too."""
    wishes = [Draw(Sampling(), 0), Draw(Sampling(temperature=1.0, seed=5), 0)]
    assert draw(LOGITS.repeat(2, 1), wishes)[0].token == 1
    assert tokens(Sampling()) == [1]


def test_draws_follow_the_probabilities() -> None:
    """20,000 draws agree with the softmax by a chi-square test at one in a million."""
    count = 20_000
    seen = torch.tensor(tokens(Sampling(temperature=1.0, seed=3), count)).bincount(minlength=5)
    expected = LOGITS.softmax(-1) * count
    assert float(((seen - expected) ** 2 / expected).sum()) < 33.4


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [({"top_k": 2}, {1, 4}), ({"top_p": 0.5}, {1, 4}), ({"top_p": 0.01}, {1}), ({"top_k": 1}, {1})],
)
def test_truncation_keeps_the_likeliest(rule: dict[str, float], allowed: set[int]) -> None:
    """top_k and top_p draw from the likeliest tokens only, and from all of those."""
    assert set(tokens(Sampling(temperature=1.0, seed=1, **rule), 500)) == allowed  # type: ignore[arg-type]  # one of two fields


def test_the_seed_and_the_counter_decide() -> None:
    """The same seed draws the same sequence; two seeds differ."""
    first = tokens(Sampling(temperature=1.0, seed=1), 50)
    assert first == tokens(Sampling(temperature=1.0, seed=1), 50)
    assert first != tokens(Sampling(temperature=1.0, seed=2), 50)


def test_biases_and_penalties_move_the_largest() -> None:
    """A bias bans or forces a token; penalties count what was drawn."""
    assert tokens(Sampling(bias=((1, -100.0),))) == [4]
    assert tokens(Sampling(bias=((3, 100.0),))) == [3]
    output = [Draw(Sampling(frequency_penalty=0.4), 2, [1, 1])]
    assert draw(LOGITS[None], output)[0].token == 4
    output = [Draw(Sampling(presence_penalty=0.4), 2, [1, 1])]
    assert draw(LOGITS[None], output)[0].token == 1


def test_logprobs_are_the_models_own() -> None:
    """Logarithms come before temperature, with the likeliest first, and only where asked for."""
    wishes = [Draw(Sampling(temperature=0.5, seed=1, logprobs=2), 0), Draw(Sampling(), 0)]
    asked, plain = draw(LOGITS.repeat(2, 1), wishes)
    logs = LOGITS.log_softmax(-1).tolist()
    assert math.isclose(asked.logprob, logs[asked.token], rel_tol=1e-5)
    assert [token for token, _ in asked.top] == [1, 4]
    assert plain.top == ()
