"""A server of price lists, and a client that does not wait."""

from collections.abc import Iterator

import pytest

from console.prices.web import Web
from tests.console.prices.lists import Lists, listening


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lists]:
    """Serve lists on this machine, past any proxy of the environment."""
    monkeypatch.setenv("no_proxy", "*")
    with listening() as server:
        yield server


@pytest.fixture
def naps() -> list[float]:
    """Collect what the client would have waited, in seconds."""
    return []


@pytest.fixture
def web(naps: list[float]) -> Web:
    """Give a client that notes its waits instead of waiting."""
    return Web(timeout=5.0, sleep=naps.append)
