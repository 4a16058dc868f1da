"""The thread that runs the model, and the tickets through which requests follow their answers."""

import asyncio
import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workloads.serve.batch import Model
from workloads.serve.blocks import BlockPool
from workloads.serve.errors import RefusedError, failed, overloaded, too_long
from workloads.serve.scheduler import Answer, Counters, Event, Scheduler

log = logging.getLogger("causeway.serve")

AHEAD = 4
"""Steps whose news the event loop may not have read yet; then the model waits for it."""
OVERBOOKING = 4.0
"""Admitted requests may want this many times the cache's blocks; past that, 429."""
SUPPOSED = 1024
"""Tokens that an answer is promised at most: many clients name no limit and get the context's, few answers need it."""


class Ticket:
    """A request's answers as they come. Belongs to the event loop."""

    def __init__(self, number: int, answers: Sequence[Answer], blocks: int) -> None:
        self.number, self.answers, self.blocks = number, answers, blocks
        self.open = set(range(len(answers)))
        self.failure: RefusedError | None = None
        self._news: list[Event] = []
        self._waiter: asyncio.Future[None] | None = None

    async def news(self) -> list[Event]:
        """Wait for news and take all of it; raises RefusedError when the model has failed or time is over."""
        if not self._news and self.failure is None:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if self.failure is not None:
            raise self.failure
        taken, self._news = self._news, []
        return taken

    def fail(self, failure: RefusedError) -> None:
        """End the request with an error."""
        self.failure = failure
        self.wake()

    def tell(self, event: Event) -> None:
        """Add news and wake the reader."""
        self._news.append(event)
        if event.finish:
            self.open.discard(event.answer)
        self.wake()

    def wake(self) -> None:
        """Let the reader look."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the engine takes on."""

    max_running: int = 128
    """Sequences computed at the same time."""
    max_queue: int = 512
    """Sequences that may wait."""
    step_tokens: int = 4096
    """Tokens in one step."""
    prefix_reuse: bool = True
    """Keep the cache of old prompts."""


class Engine:
    """Admission on the event loop, steps on a thread of its own.

    The two share nothing but a queue of commands and, in the other direction, one call a step with all its news.
    """

    def __init__(self, model: Model, limits: Limits | None = None) -> None:
        self.model, self.limits = model, limits or Limits()
        pool = BlockPool(model.blocks, model.block_size, reuse=self.limits.prefix_reuse)
        self.scheduler = Scheduler(pool, self.limits.max_running, self.limits.step_tokens)
        self.tickets: dict[int, Ticket] = {}
        self.failure: RefusedError | None = None
        self._numbers = itertools.count()
        self._admitted = self._promised = 0
        self._commands: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._unread = threading.Semaphore(AHEAD)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def start(self) -> None:
        """Begin to run steps; news goes to the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        """End the thread and the model. Whatever still runs is dropped."""
        self._commands.put(None)
        self._unread.release(AHEAD)
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self.model.close()

    @property
    def counters(self) -> Counters:
        """Totals since the start."""
        return self.scheduler.counters

    @property
    def longest(self) -> int:
        """Tokens of the longest sequence that can ever fit: the model's context, or the cache where that is less."""
        return min(self.model.context, self.model.blocks * self.model.block_size)

    def submit(self, make: Callable[[int], Sequence[Answer]]) -> Ticket:
        """Admit a request, or raise RefusedError: 413 if it can never fit, 429 if it does not fit now."""
        if self.failure is not None:
            raise self.failure
        number = next(self._numbers)
        answers = make(number)
        blocks = sum(self._blocks(one) for one in answers)
        self._admit(len(answers), blocks)
        ticket = self.tickets[number] = Ticket(number, answers, blocks)
        self._admitted += len(answers)
        self._promised += blocks
        self._commands.put(lambda: self.scheduler.add(answers))
        return ticket

    def finish(self, ticket: Ticket) -> None:
        """Give a ticket back: its room is free again, and what it still runs is stopped."""
        if self.tickets.pop(ticket.number, None) is None:
            return
        self._admitted -= len(ticket.answers)
        self._promised -= ticket.blocks
        if ticket.open:
            self._commands.put(lambda: self.scheduler.abort(ticket.number))

    def drop(self, ticket: Ticket, index: int) -> None:
        """Stop one answer that is complete for the reader, such as by a stop text."""
        ticket.open.discard(index)
        self._commands.put(lambda: self.scheduler.abort_one(ticket.number, index))

    def _blocks(self, answer: Answer) -> int:
        """Blocks that an answer is promised; refuses what can never fit at its longest."""
        length = answer.prompt + answer.limit
        if length > self.model.context:
            raise too_long(
                f"this model's maximum context length is {self.model.context} tokens; "
                f"prompt of {answer.prompt} and answer of {answer.limit} tokens are {length}",
                "max_tokens" if answer.prompt < self.model.context else "prompt",
            )
        if length > self.longest:
            raise too_long(
                f"this model's maximum context length is {self.longest} tokens here, the whole cache; "
                f"{length} are asked for",
                "max_tokens",
            )
        return -(-(answer.prompt + min(answer.limit, SUPPOSED)) // self.model.block_size)

    def _admit(self, sequences: int, blocks: int) -> None:
        room = self.limits.max_running + self.limits.max_queue
        if self._admitted + sequences > room:
            raise overloaded(
                f"{self._admitted} answers are in the works, {room} is the limit", "queue_full", 1
            )
        if self._promised and self._promised + blocks > OVERBOOKING * self.model.blocks:
            raise overloaded("the key-value cache is promised to others", "kv_cache_full", 1)

    def _run(self) -> None:
        """Take commands, plan, compute, tell; until stopped."""
        try:
            while self._obey():
                slices = self.scheduler.plan()
                if slices:
                    self._tell(self.scheduler.commit(slices, self.model.run(slices)))
        except Exception:
            log.exception("the model failed")
            self._call(self._fail)

    def _obey(self) -> bool:
        """Carry out what was asked since the last step; wait for it when there is nothing to compute."""
        while True:
            try:
                command = self._commands.get(block=not self.scheduler.busy)
            except queue.Empty:
                return True
            if command is None:
                return False
            command()

    def _tell(self, events: list[Event]) -> None:
        if events:
            self._unread.acquire()
            self._call(lambda: self._deliver(events))

    def _call(self, what: Callable[[], None]) -> None:
        assert self._loop is not None, "the engine was started on a loop"
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what)

    def _deliver(self, events: list[Event]) -> None:
        self._unread.release()
        for event in events:
            ticket = self.tickets.get(event.ticket)
            if ticket is not None:
                ticket.tell(event)

    def _fail(self) -> None:
        self.failure = failed()
        for ticket in self.tickets.values():
            ticket.fail(self.failure)


def clock() -> float:
    """Read the clock that all times of the engine are on, in seconds."""
    return time.perf_counter()
