"""Start: settings to model to routes. Stop: SIGTERM, drain, end."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette

from workloads.serve.app import build
from workloads.serve.batch import Model
from workloads.serve.drain import Drain
from workloads.serve.engine import Engine, Limits
from workloads.serve.metrics import Metrics
from workloads.serve.service import Service
from workloads.serve.settings import Settings
from workloads.serve.text import Words
from workloads.serve.tracing import open_traces

log = logging.getLogger("causeway.serve")

BACKLOG = 4096
"""Connections that may wait to be accepted."""
SWITCH_SECONDS = 0.0005
"""How long the model's thread may keep the interpreter when the event loop wants it (Python's default is 5 ms)."""


class Server(uvicorn.Server):  # type: ignore[misc]  # uvicorn is untyped here
    """Uvicorn, except that SIGTERM drains first: the listener stays open to say 503 while streams finish."""

    def __init__(self, config: uvicorn.Config, drain: Drain, seconds: float) -> None:
        super().__init__(config)
        self.drain, self.seconds, self.late = drain, seconds, 0
        self._ending: asyncio.Task[None] | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGTERM and SIGINT for the time of serving; a second one ends at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def _signalled(self) -> None:
        if self._ending is not None:
            self.should_exit = self.force_exit = True
            return
        self._ending = asyncio.ensure_future(self._end())

    async def _end(self) -> None:
        self.drain.begin()
        log.info("draining: %d open requests, at most %g s", self.drain.open, self.seconds)
        if not await self.drain.wait(self.seconds):
            self.late = self.drain.open
            log.error("drain time is over with %d open requests; they are cut", self.late)
            self.force_exit = True
        log.info("drained")
        self.should_exit = True


def service(settings: Settings, model: Model, words: Words, vocabulary: int) -> Service:
    """Wire the parts of a server around a model."""
    spec = settings.spec
    limits = Limits(spec.max_running, spec.max_queue, spec.step_tokens, spec.prefix_reuse)
    engine = Engine(model, limits)
    return Service(
        spec=spec,
        engine=engine,
        words=words,
        drain=Drain(),
        metrics=Metrics(engine, spec.name),
        vocabulary=vocabulary,
        traces=open_traces(spec.traces, spec.name),
        keys=settings.api_keys,
    )


def application(parts: Service) -> Starlette:
    """Make the routes with an engine that lives as long as they do."""

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        """Start the engine and end it."""
        del app
        parts.engine.start()
        try:
            yield
        finally:
            parts.engine.stop()
            parts.traces.close()

    return build(parts, life)


def serve(settings: Settings, model: Model, words: Words, vocabulary: int) -> int:
    """Serve until told to stop; give the exit code: 0, or 1 when the drain had to cut requests."""
    sys.setswitchinterval(SWITCH_SECONDS)
    parts = service(settings, model, words, vocabulary)
    # Where uvloop and httptools are, uvicorn takes them by itself; they halve what a request costs.
    config = uvicorn.Config(
        application(parts),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        backlog=BACKLOG,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
        server_header=False,
        proxy_headers=False,  # nothing here asks who the client is
    )
    server = Server(config, parts.drain, settings.spec.drain_seconds)
    gc.collect()
    gc.freeze()  # what is loaded stays: walking torch's objects would hold every stream for a tenth of a second
    server.run()
    return 1 if server.late or not server.started else 0
