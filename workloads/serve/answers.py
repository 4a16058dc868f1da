"""From a request to its answers: tokens become text, and text becomes OpenAI's choices."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

from workloads.serve.batch import Drawn, Sampling
from workloads.serve.engine import Engine, Ticket, clock
from workloads.serve.errors import timed_out
from workloads.serve.metrics import Metrics
from workloads.serve.scheduler import Answer, Event
from workloads.serve.text import Transcript, Words


@dataclass(frozen=True, slots=True)
class Job:
    """What one request wants, after all checks."""

    id: str
    """`cmpl-` or `chatcmpl-` and the request's id."""
    prompts: Sequence[Sequence[int]]
    """Token ids of each prompt."""
    n: int
    """Answers for each prompt."""
    limit: int
    """Tokens of an answer at most."""
    at_least: int
    """Tokens before an end counts."""
    sampling: Sampling
    """How to draw; each answer shifts the seed by its index."""
    stops: Sequence[str]
    """Stop texts."""
    ends: frozenset[int]
    """End tokens; empty when they are ignored."""
    arrival: float
    """When the request came, on the engine's clock."""
    goes_on: bool = False
    """Whether the text goes on from the prompt's; a chat's answer stands alone."""
    traceparent: str = ""
    """The caller's W3C trace header, if it sent one."""

    def answers(self, ticket: int) -> list[Answer]:
        """Make the sequences to compute."""
        return [
            Answer(
                ticket=ticket,
                index=index,
                tokens=list(self.prompts[index // self.n]),
                prompt=len(self.prompts[index // self.n]),
                limit=self.limit,
                sampling=_shifted(self.sampling, index),
                ends=self.ends,
                at_least=self.at_least,
            )
            for index in range(len(self.prompts) * self.n)
        ]


def _shifted(sampling: Sampling, index: int) -> Sampling:
    """Give each answer a random stream of its own."""
    if not index or sampling.temperature == 0:
        return sampling
    fields = {name: getattr(sampling, name) for name in Sampling.__slots__}
    return Sampling(**{**fields, "seed": (sampling.seed + index * 0x5851F42D) % 2**62})


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of one answer."""

    index: int
    """Which answer."""
    text: str
    """Text that is certain now, may be empty."""
    drawn: tuple[Drawn, ...]
    """Tokens behind it."""
    finish: str | None
    """Why the answer ended, with its last piece."""


class Reader:
    """Follows one request's ticket to its end, with metrics on the way."""

    def __init__(self, engine: Engine, words: Words, metrics: Metrics, job: Job, seconds: float) -> None:
        self.engine, self.metrics, self.job, self.seconds = engine, metrics, job, seconds
        self.ticket: Ticket = engine.submit(job.answers)
        self.transcripts = [
            Transcript(words, job.stops, job.prompts[one.index // job.n] if job.goes_on else ())
            for one in self.ticket.answers
        ]
        self.completion_tokens = 0
        self._open = set(range(len(self.transcripts)))
        self._last = [job.arrival] * len(self.transcripts)
        metrics.prompt += self.prompt_tokens

    @property
    def prompt_tokens(self) -> int:
        """Tokens of all prompts; a prompt with several answers counts once."""
        return sum(map(len, self.job.prompts))

    @property
    def usage(self) -> dict[str, int]:
        """OpenAI's usage object."""
        total = self.prompt_tokens + self.completion_tokens
        made = self.completion_tokens
        return {"prompt_tokens": self.prompt_tokens, "completion_tokens": made, "total_tokens": total}

    @property
    def open(self) -> bool:
        """Whether an answer still grows."""
        return bool(self._open)

    def __enter__(self) -> Self:
        """Begin the time that the request has."""
        left = self.job.arrival + self.seconds - clock()
        self._alarm = asyncio.get_running_loop().call_later(left, self._late)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the ticket back, however this ends."""
        self._alarm.cancel()
        self.engine.finish(self.ticket)
        self.metrics.ended["abort"] += len(self._open)
        self._open.clear()

    async def read(self) -> list[Delta]:
        """Wait for the next pieces; raises RefusedError when the model has failed or time is over."""
        news = await self.ticket.news()
        now = clock()
        if len(self._open) == 1:  # the common case: all news is of one answer
            (index,) = self._open
            return [self._delta(index, [one for one in news if one.answer == index], now)]
        return [
            self._delta(index, list(events), now)
            for index, events in groupby(sorted(news, key=_answer), key=_answer)
            if index in self._open
        ]

    def _late(self) -> None:
        self.ticket.fail(timed_out(self.seconds))

    def _delta(self, index: int, events: Sequence[Event], now: float) -> Delta:
        """Turn the news of one answer, oldest first, into its next piece."""
        transcript, text, kept = self.transcripts[index], "", []
        finish: str | None = None
        for event in events:
            self._observe(index, now)
            finish = event.finish
            if finish == "stop":  # an end token has no text
                break
            kept.append(event.drawn)
            text += transcript.add(event.drawn.token)
            if transcript.stopped:
                break
        if transcript.stopped:
            if finish is None:
                self.engine.drop(self.ticket, index)
            finish = "stop"
        elif finish:
            text += transcript.end()
            finish = "stop" if transcript.stopped else finish
        if finish:
            self._ended(index, finish, now)
        return Delta(index, text, tuple(kept), finish)

    def _ended(self, index: int, finish: str, now: float) -> None:
        self._open.discard(index)
        self.metrics.ended[finish] += 1
        self.metrics.whole.add(now - self.job.arrival)

    def _observe(self, index: int, now: float) -> None:
        before, arrival = self._last[index], self.job.arrival
        if before == arrival:
            self.metrics.first_token.add(now - arrival)
            self.metrics.queued.add(max(0.0, self.ticket.answers[index].started - arrival))
        else:
            self.metrics.between.add(now - before)
        self._last[index] = now
        self.completion_tokens += 1
        self.metrics.generated += 1


def _answer(event: Event) -> int:
    return event.answer


@dataclass(slots=True)
class Whole:
    """One complete answer."""

    text: str = ""
    """All its text."""
    drawn: tuple[Drawn, ...] = ()
    """All its tokens but the end token."""
    finish: str | None = None
    """Why it ended."""


async def collect(reader: Reader) -> list[Whole]:
    """Wait for all answers of a request."""
    found = [Whole() for _ in reader.transcripts]
    with reader:
        while reader.open:
            for delta in await reader.read():
                one = found[delta.index]
                one.text += delta.text
                one.drawn += delta.drawn
                one.finish = delta.finish
    return found
