"""The scheduler against a model that reads its context out of the cache, as attention does."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workloads.serve.batch import Drawn, Sampling, Slice
from workloads.serve.blocks import BlockPool
from workloads.serve.offline import generate
from workloads.serve.scheduler import Answer, Scheduler


def following(context: Sequence[int]) -> int:
    """Give the token after a context; it depends on every token and its place."""
    value = 7
    for token in context:
        value = (value * 31 + token + 1) % 9973
    return value % 5


class Remembering:
    """A model whose cache is a table of tokens: a wrong block gives a wrong answer."""

    def __init__(self, blocks: int, block_size: int) -> None:
        self.blocks, self.block_size, self.context = blocks, block_size, 10_000
        self.cache = [-1] * (blocks * block_size)
        self.most = 0

    def run(self, slices: Sequence[Slice]) -> list[Drawn]:
        """Store all tokens of the step, then read each slice's whole context back."""
        assert slices
        self.most = max(self.most, sum(len(piece.tokens) for piece in slices))
        counts = [len(piece.tokens) for piece in slices]
        assert counts == sorted(counts, key=lambda count: count != 1), "one-token slices come first"
        for piece in slices:
            for number, token in enumerate(piece.tokens, piece.start):
                self.cache[self._slot(piece, number)] = token
        return [
            Drawn(
                following([self.cache[self._slot(piece, n)] for n in range(piece.start + len(piece.tokens))])
            )
            for piece in slices
            if piece.draw is not None
        ]

    def _slot(self, piece: Slice, position: int) -> int:
        return piece.blocks[position // self.block_size] * self.block_size + position % self.block_size

    def close(self) -> None:
        """Nothing is held."""


def alone(prompt: Sequence[int], limit: int) -> list[int]:
    """Answer without batching or cache."""
    context = list(prompt)
    for _ in range(limit):
        context.append(following(context))
    return context[len(prompt) :]


prompts = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=30), min_size=1, max_size=12)


@settings(max_examples=120, deadline=None)
@given(
    prompts, st.integers(1, 12), st.integers(1, 5), st.integers(1, 40), st.integers(0, 30), st.integers(1, 6)
)
def test_answers_do_not_depend_on_batching(  # noqa: PLR0917 - hypothesis draws them all
    given_prompts: list[list[int]],
    limit: int,
    block_size: int,
    step_tokens: int,
    spare: int,
    max_running: int,
) -> None:
    """Whatever the pool, the budget and the neighbours: each answer is what the prompt alone would give."""
    longest = max(-(-(len(prompt) + limit) // block_size) for prompt in given_prompts)
    model = Remembering(longest + spare, block_size)
    found = generate(model, given_prompts, limit, max_running=max_running, step_tokens=step_tokens)
    assert found == [alone(prompt, limit) for prompt in given_prompts]
    assert model.most <= step_tokens


def run_all(scheduler: Scheduler, model: Remembering) -> dict[int, list[int]]:
    """Run until nothing is left."""
    found: dict[int, list[int]] = {}
    while scheduler.busy:
        slices = scheduler.plan()
        for event in scheduler.commit(slices, model.run(slices)):
            found.setdefault(event.ticket, []).append(event.drawn.token)
    return found


def test_a_full_cache_preempts_the_newest_and_loses_nothing() -> None:
    """Two sequences that outgrow the pool together both end with the right answer, and one was preempted."""
    model = Remembering(blocks=10, block_size=2)
    scheduler = Scheduler(BlockPool(10, 2), max_running=2, step_tokens=64)
    scheduler.add(Answer(number, 0, [number] * 4, 4, 12, Sampling()) for number in (1, 2))
    assert run_all(scheduler, model) == {1: alone([1] * 4, 12), 2: alone([2] * 4, 12)}
    assert scheduler.counters.preempted >= 1
    assert scheduler.pool.available == 10


def test_a_shared_beginning_is_computed_once() -> None:
    """The second prompt takes the first one's full blocks, in the same step already."""
    model = Remembering(blocks=32, block_size=4)
    scheduler = Scheduler(BlockPool(32, 4), max_running=4, step_tokens=64)
    scheduler.add(Answer(number, 0, [*range(12), number], 13, 2, Sampling()) for number in (1, 2))
    first = scheduler.plan()
    assert [len(piece.tokens) for piece in first] == [1, 13]
    assert scheduler.counters.hit == 12
    scheduler.commit(first, model.run(first))


def test_reuse_can_be_switched_off() -> None:
    """Without reuse every prompt is computed in full."""
    scheduler = Scheduler(BlockPool(32, 4, reuse=False), max_running=4, step_tokens=64)
    scheduler.add(Answer(number, 0, list(range(12)), 12, 2, Sampling()) for number in (1, 2))
    assert [len(piece.tokens) for piece in scheduler.plan()] == [12, 12]


@pytest.mark.parametrize(("at_least", "made"), [(0, 1), (3, 4)])
def test_an_end_token_counts_after_the_minimum(at_least: int, made: int) -> None:
    """An answer of end tokens only stops at the first that may end it."""
    scheduler = Scheduler(BlockPool(8, 4), max_running=1, step_tokens=8)
    scheduler.add([Answer(0, 0, [5], 1, 10, Sampling(), frozenset({1}), at_least)])
    reasons = []
    while scheduler.busy:
        reasons += [event.finish for event in scheduler.commit(scheduler.plan(), [Drawn(1)])]
    assert reasons == [None] * (made - 1) + ["stop"]


def test_an_aborted_request_gives_its_blocks_back() -> None:
    """Aborting takes running and waiting answers of that request alone."""
    scheduler = Scheduler(BlockPool(8, 4), max_running=2, step_tokens=64)
    scheduler.add(Answer(ticket, index, [5, 6], 2, 4, Sampling()) for ticket in (1, 2) for index in (0, 1))
    scheduler.commit(scheduler.plan(), [Drawn(3), Drawn(3)])
    scheduler.abort(1)
    assert not scheduler.running
    assert [one.ticket for one in scheduler.waiting] == [2, 2]
    assert scheduler.pool.available == 8
    scheduler.plan()
    scheduler.abort_one(2, 0)
    assert [(one.ticket, one.index) for one in scheduler.running] == [(2, 1)]
