"""Ports of this machine."""

import os
import socket
from collections.abc import Iterator

import pytest

from providers.base.errors import ProviderError
from providers.localhost.process import ports


@pytest.fixture
def taken() -> Iterator[int]:
    """Give a port that this process listens on."""
    with socket.create_server((ports.LOOPBACK, 0)) as listener:
        yield listener.getsockname()[1]


def test_a_listening_port_is_not_free(taken: int) -> None:
    """A port is free exactly when nobody listens there."""
    assert not ports.is_free(taken)
    assert ports.is_free(ports.choose("urn:x"))


def test_choice_is_stable_and_steps_aside() -> None:
    """The same resource gets the same port; when that is taken, the next free one."""
    first = ports.choose("urn:stable")
    assert ports.choose("urn:stable") == first
    with socket.create_server((ports.LOOPBACK, first)):
        assert ports.choose("urn:stable") != first


def test_holder_is_named(taken: int) -> None:
    """The error names the process that holds the port, and what to do; no arguments of that process."""
    with pytest.raises(
        ProviderError, match=rf"port: {taken} is in use by .*\(process {os.getpid()}, user .*or 0 for"
    ):
        ports.require_free(taken)
