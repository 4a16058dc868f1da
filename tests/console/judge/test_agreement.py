"""The stand-in and the real server agree: what one of them refuses of a job, the other refuses too."""

from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes_mutants import GIVEN, RESTRICTED, RIGHT, mutant

from console.judge.court import Court
from console.judge.server import Server

from .made import resource, state

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Give one server to all."""
    with Server() as running:
        yield running


def complaints(server: Server, body: dict[str, Any]) -> list[str]:
    """Put one job before the server, and take it away again."""
    court, room = Court(server), resource(RESTRICTED)
    verdict = court.hear(state(room, resource(body)))
    court.hear(state(room))
    return [complaint.text for complaint in verdict.complaints]


def test_what_is_right_passes(server: Server) -> None:
    """The job that the stand-in takes is taken."""
    assert complaints(server, RIGHT) == []


@pytest.mark.parametrize("what", GIVEN)
def test_what_is_wrong_is_refused(server: Server, what: str) -> None:
    """Each mistake that the stand-in tells is one."""
    assert complaints(server, mutant(what))
