"""Continuous batching: before each step, decide which tokens of which sequences are computed."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from workloads.serve.batch import Draw, Drawn, Sampling, Slice
from workloads.serve.blocks import ROOT, BlockPool, chain

Finish = Literal["stop", "length", "abort"]


@dataclass(eq=False, slots=True)
class Answer:
    """One answer in the making."""

    ticket: int
    """The request it belongs to."""
    index: int
    """Its place among the request's answers."""
    tokens: list[int]
    """Prompt, then what was drawn."""
    prompt: int
    """Length of the prompt."""
    limit: int
    """At most this many drawn tokens."""
    sampling: Sampling
    """How to draw."""
    ends: frozenset[int] = frozenset()
    """Tokens that end the answer."""
    at_least: int = 0
    """Tokens to draw before an end counts."""
    blocks: list[int] = field(default_factory=list)
    """Cache blocks held."""
    keys: list[bytes] = field(default_factory=list)
    """Chained keys of the full blocks."""
    computed: int = 0
    """Tokens whose keys and values are in the cache."""
    started: float = 0.0
    """When it was first planned (`time.perf_counter`); the wait in the queue ends there."""

    def key(self, number: int, size: int) -> bytes:
        """Give the key of a full block, chaining from the first."""
        while len(self.keys) <= number:
            at = len(self.keys) * size
            parent = self.keys[-1] if self.keys else ROOT
            self.keys.append(chain(parent, self.tokens[at : at + size]))
        return self.keys[number]


class Event(NamedTuple):
    """News of one sequence after a step."""

    ticket: int
    """The request."""
    answer: int
    """The answer within it."""
    drawn: Drawn
    """The new token."""
    finish: Finish | None = None
    """Why it ended, if it did."""


@dataclass(slots=True)
class Counters:
    """Totals since the start, read by the metrics page from another thread."""

    queried: int = 0
    """Prompt tokens looked up in the cache."""
    hit: int = 0
    """Of these, tokens that were found."""
    preempted: int = 0
    """Sequences that gave their blocks back and start again."""
    steps: int = 0
    """Steps planned."""


class Scheduler:
    """Sequences that run and sequences that wait. Used by one thread."""

    def __init__(self, pool: BlockPool, max_running: int, step_tokens: int) -> None:
        self.pool, self.max_running, self.step_tokens = pool, max_running, step_tokens
        self.running: list[Answer] = []
        self.waiting: deque[Answer] = deque()
        self.counters = Counters()
        self._planned: list[Answer] = []

    @property
    def busy(self) -> bool:
        """Tell whether anything is left to compute."""
        return bool(self.running or self.waiting)

    def add(self, sequences: Iterable[Answer]) -> None:
        """Queue sequences. Whoever adds has checked that each fits the pool alone."""
        self.waiting.extend(sequences)

    def abort(self, ticket: int) -> None:
        """Drop the sequences of a request, wherever they are."""
        self.waiting = deque(one for one in self.waiting if one.ticket != ticket)
        for one in [one for one in self.running if one.ticket == ticket]:
            self._retire(one)

    def abort_one(self, ticket: int, index: int) -> None:
        """Drop one answer of a request."""
        for one in [one for one in self.running if (one.ticket, one.index) == (ticket, index)]:
            self._retire(one)
        self.waiting = deque(one for one in self.waiting if (one.ticket, one.index) != (ticket, index))

    def plan(self) -> list[Slice]:
        """Choose the next step: running sequences first, oldest first, then as many waiting ones as fit."""
        work: list[tuple[Answer, int]] = []
        budget = self.step_tokens
        for one in list(self.running):
            if budget == 0 or not one.blocks:  # out of budget, or preempted by an older one just now
                continue
            count = min(len(one.tokens) - one.computed, budget)
            if not self._make_room(one, one.computed + count):
                break
            self._cover(one, count)
            work.append((one, count))
            budget -= count
        while self.waiting and budget and len(self.running) < self.max_running:
            count = self._admit(self.waiting[0], budget)
            if not count:
                break
            work.append((self.running[-1], count))
            budget -= count
        work.sort(key=lambda item: item[1] != 1)
        self._planned = [one for one, _ in work]
        self.counters.steps += bool(work)
        return [self._slice(one, count) for one, count in work]

    def commit(self, slices: Sequence[Slice], drawn: Sequence[Drawn]) -> list[Event]:
        """Take over the results of the planned step and tell the news."""
        events: list[Event] = []
        results = iter(drawn)
        for one, piece in zip(self._planned, slices, strict=True):
            one.computed += len(piece.tokens)
            if piece.draw is None:
                continue
            token = next(results)
            one.tokens.append(token.token)
            finish = self._finish(one, token.token)
            events.append(Event(one.ticket, one.index, token, finish))
            if finish:
                self._retire(one)
        return events

    def _slice(self, one: Answer, count: int) -> Slice:
        end = one.computed + count
        draw = None
        if end == len(one.tokens):
            drawn = one.tokens[one.prompt :] if one.sampling.adjusts else ()
            draw = Draw(one.sampling, end - one.prompt, drawn)
        return Slice(one.tokens[one.computed : end], one.computed, one.blocks, draw)

    def _finish(self, one: Answer, token: int) -> Finish | None:
        made = len(one.tokens) - one.prompt
        if token in one.ends and made > one.at_least:
            return "stop"
        return "length" if made >= one.limit else None

    def _admit(self, one: Answer, budget: int) -> int:
        """Start a waiting sequence on the cached part of its prompt; give the number of tokens to compute, or 0."""
        size = self.pool.size
        whole = (len(one.tokens) - 1) // size if self.pool.reuse else 0
        found = self.pool.match([one.key(number, size) for number in range(whole)])
        count = min(len(one.tokens) - len(found) * size, budget)
        fresh = -(-(len(found) * size + count) // size) - len(found)
        # Each running sequence may soon need one more block; starting into that reserve would only preempt it.
        reserve = len(self.running)
        if fresh + self.pool.free_among(found) + reserve > self.pool.available:
            return 0
        self.counters.queried += len(one.tokens)
        self.counters.hit += len(found) * size
        self.pool.hold(found)
        one.blocks, one.computed = list(found), len(found) * size
        one.blocks += [self.pool.allocate() for _ in range(fresh)]
        self._cover(one, count)
        one.started = one.started or time.perf_counter()
        self.running.append(self.waiting.popleft())
        return count

    def _make_room(self, one: Answer, length: int) -> bool:
        """Get blocks for a running sequence, taking them from the newest ones where the pool is empty."""
        need = -(-length // self.pool.size) - len(one.blocks)
        while need > self.pool.available:
            victim = self.running.pop()
            self.pool.release(victim.blocks)
            victim.blocks, victim.computed = [], 0
            self.waiting.appendleft(victim)
            self.counters.preempted += 1
            if victim is one:
                return False
        one.blocks += [self.pool.allocate() for _ in range(need)]
        return True

    def _cover(self, one: Answer, count: int) -> None:
        """Publish the blocks that this step fills.

        A later sequence of the same step may already read them: a layer stores all keys and values of the step
        before any of its attention reads.
        """
        if not self.pool.reuse:
            return
        size = self.pool.size
        for number in range(one.computed // size, (one.computed + count) // size):
            self.pool.publish(one.blocks[number], one.key(number, size))

    def _retire(self, one: Answer) -> None:
        self.running.remove(one)
        self.pool.release(one.blocks)
        one.blocks = []
