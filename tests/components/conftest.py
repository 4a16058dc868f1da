"""What every test of a component stands on."""

import asyncio
import inspect
from collections.abc import Iterator

import pytest
from pulumi.runtime.settings import SETTINGS


@pytest.fixture(autouse=True)
def loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give plain tests an event loop: an Output needs one to exist, whatever test ran before."""
    if inspect.iscoroutinefunction(request.function):
        yield
        return
    # at its end a runner cancels what waits, so nothing of this test meets the next one
    with asyncio.Runner() as runner:
        asyncio.set_event_loop(runner.get_loop())
        yield
    asyncio.set_event_loop(None)
    SETTINGS.outputs.clear()
