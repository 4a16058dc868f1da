"""What every test of a component stands on."""

import asyncio
import inspect
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give plain tests an event loop: an Output needs one to exist, whatever test ran before."""
    if inspect.iscoroutinefunction(request.function):
        yield
        return
    own = asyncio.new_event_loop()
    asyncio.set_event_loop(own)
    yield
    asyncio.set_event_loop(None)
    own.close()
