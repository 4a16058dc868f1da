"""Services as real processes, without an engine."""

import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from providers.base.errors import PartialFailure, ProviderError
from providers.localhost.process import ports, tree
from providers.localhost.process.folder import Folder
from providers.localhost.service import Service, ServiceInputs, ServiceState

Until = Callable[[Callable[[], object]], None]
Kill = Callable[[int | None], None]
Python = Callable[[str], list[str]]


def inputs(home: Path, command: list[str], **given: Any) -> ServiceInputs:
    """Give the inputs of a service in its own folder."""
    return ServiceInputs(command=command, directory=str(home / "service"), **{"drain_seconds": 5, **given})


def answers(url: str) -> bool:
    """Say whether the service answers its health check."""
    with urllib.request.urlopen(f"{url}/health", timeout=5) as reply:
        return bool(reply.status == 200)


def test_life(home: Path, said: Any, server: list[str]) -> None:
    """A service takes a free port and keeps it over a restart; it rests when nothing changed, and leaves nothing."""
    given = inputs(home, server)
    made = Service().create(said.context(), given)
    state = made.state
    assert (state.status, state.restarts, state.url) == ("running", 0, f"http://127.0.0.1:{state.port}")
    assert answers(state.url)
    assert Service().diff(said.context(), state, given) == []
    assert Service().read(said.context(), made.id, state) == state
    assert (
        Service().update(said.context(), made.id, state, inputs(home, server, max_restarts=7)).pid
        == state.pid
    )

    changed = Service().update(said.context(), made.id, state, inputs(home, server, triggers={"model": "2"}))
    assert (changed.port, changed.pid != state.pid) == (state.port, True)
    assert (home / "service" / "drained").exists(), "the old process was asked to end, not killed"
    assert answers(changed.url)

    Service().delete(said.context(), made.id, changed)
    assert not (home / "service").exists()
    assert ports.is_free(state.port)
    assert tree.members(state.instance) == []
    Service().delete(said.context(), made.id, changed)


def test_killed_service_is_drift(home: Path, said: Any, server: list[str], until: Until, kill: Kill) -> None:
    """A service that is gone is seen as stopped and as drift, and comes back on the same port."""
    given = inputs(home, server, restart="never")
    made = Service().create(said.context(), given)
    kill(made.state.pid)
    until(lambda: not Folder(home / "service").supervised())
    seen = Service().read(said.context(), made.id, made.state)
    assert seen
    assert seen.status == "stopped"
    assert Service().diff(said.context(), made.state, given) == ["status"], (
        "also when state was not refreshed"
    )
    back = Service().update(said.context(), made.id, seen, given)
    assert (back.status, back.port) == ("running", made.state.port)


def test_supervisor_restarts(home: Path, said: Any, server: list[str], until: Until, kill: Kill) -> None:
    """A service that is killed comes back by itself, and the restart is counted."""
    given = inputs(home, server, restart="on-failure")
    made = Service().create(said.context(), given)
    kill(made.state.pid)

    def look() -> ServiceState:
        seen = Service().read(said.context(), made.id, made.state)
        assert seen
        return seen

    until(lambda: look().status == "running" and look().restarts == 1)
    assert look().pid != made.state.pid


def test_killed_supervisor_is_unhealthy(
    home: Path, said: Any, server: list[str], until: Until, kill: Kill
) -> None:
    """A service without its supervisor still answers but isn't well; the next up starts it properly, and only once."""
    given = inputs(home, server)
    made = Service().create(said.context(), given)
    record = Folder(home / "service").record()
    assert record
    kill(record.supervisor)
    until(lambda: not Folder(home / "service").supervised())
    seen = Service().read(said.context(), made.id, made.state)
    assert seen
    assert seen.status == "unhealthy"
    back = Service().update(said.context(), made.id, seen, given)
    assert (back.status, back.port) == ("running", made.state.port)
    assert not tree.is_member(made.state.pid, made.state.instance)


def test_interrupted_start_is_adopted(home: Path, said: Any, server: list[str]) -> None:
    """Ctrl-C while a service starts leaves it starting; the next up finds that very process."""
    said.cancelled.set()
    given = inputs(home, server)
    with pytest.raises(PartialFailure, match="the service goes on starting") as caught:
        Service().create(said.context(), given)
    said.cancelled.clear()
    state = Service().update(said.context(), caught.value.id, caught.value.state, given)
    record = Folder(home / "service").record()
    assert record
    assert (state.status, record.attempts) == ("running", 1)


def test_port_in_use(home: Path, said: Any, server: list[str]) -> None:
    """A fixed port that is taken is refused before anything is made; the holder is named."""
    with socket.create_server((ports.LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ProviderError, match=rf"port: {port} is in use by {psutil.Process().name()}"):
            Service().create(said.context(), inputs(home, server, port=port))
    assert list(home.iterdir()) == []


def test_moving_to_a_taken_port_leaves_the_service_alone(home: Path, said: Any, server: list[str]) -> None:
    """An update that can't work doesn't stop what works."""
    made = Service().create(said.context(), inputs(home, server))
    with socket.create_server((ports.LOOPBACK, 0)) as listener:
        changed = inputs(home, server, port=listener.getsockname()[1])
        with pytest.raises(ProviderError, match="is in use"):
            Service().update(said.context(), made.id, made.state, changed)
    assert answers(made.state.url)


def test_kept_port_taken_meanwhile(
    home: Path, said: Any, server: list[str], until: Until, kill: Kill
) -> None:
    """A service with any port steps aside when its old one was taken, and says so."""
    given = inputs(home, server, restart="never")
    made = Service().create(said.context(), given)
    kill(made.state.pid)
    until(lambda: not Folder(home / "service").supervised())
    with socket.create_server((ports.LOOPBACK, made.state.port)):
        moved = Service().update(said.context(), made.id, made.state, given)
    assert moved.port != made.state.port
    assert answers(moved.url)
    assert said.logs == [
        ("warning", f"port {made.state.port} was taken meanwhile; the service moves to {moved.port}")
    ]


def test_a_service_that_ends_is_explained_at_once(home: Path, said: Any, python: Python) -> None:
    """A program that can't start is told with its last words, without waiting for the time to be up."""
    command = python("print('no module named vllm'); raise SystemExit(1)")
    with pytest.raises(PartialFailure, match="the service ended: exit code 1") as caught:
        Service().create(said.context(), inputs(home, command, restart="never"))
    assert "  no module named vllm" in caught.value.reasons[0]
    assert caught.value.state.status == "stopped"


def test_giving_up(home: Path, said: Any, python: Python) -> None:
    """A program that fails again and again is given up after the restarts that it has."""
    command = python("raise SystemExit(1)")
    with pytest.raises(PartialFailure, match=r"exit code 1; given up after 1 restarts in a row"):
        Service().create(said.context(), inputs(home, command, max_restarts=1))


def test_a_service_that_is_never_ready(home: Path, said: Any, server: list[str]) -> None:
    """When the time is up the error says what the health check got and where the log is."""
    given = inputs(home, server, health_path="/wrong", start_timeout_seconds=1.0)
    with pytest.raises(
        PartialFailure, match=r"isn't ready after 1 seconds: GET .*/wrong gives HTTP status 404"
    ) as caught:
        Service().create(said.context(), given)
    assert "  listening" in caught.value.reasons[0]
    assert caught.value.state.status == "unhealthy"
    mended = inputs(home, server)
    assert Service().update(said.context(), caught.value.id, caught.value.state, mended).status == "running"


def test_an_answer_of_somebody_else_does_not_count(
    home: Path, said: Any, python: Python, server: list[str]
) -> None:
    """A service is not well because another program answers on its port; that program is named."""
    squatter = Service().create(said.context(), inputs(home, server)).state
    deaf = ServiceInputs(
        command=python("import time; time.sleep(600)"),
        directory=str(home / "deaf"),
        start_timeout_seconds=1.0,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ports, "choose", lambda directory: squatter.port)
        with pytest.raises(
            PartialFailure, match=rf"answered by .* \(process {squatter.pid}, user .*\) instead"
        ) as caught:
            Service().create(said.context("urn:pulumi:dev::trial::localhost:index:Service::deaf"), deaf)
    assert caught.value.state.status == "unhealthy"


def test_import_by_folder(home: Path, said: Any, server: list[str]) -> None:
    """The folder alone gives the whole state back."""
    made = Service().create(said.context(), inputs(home, server, environment={"A": "1"}))
    imported = Service().read(said.context(), made.id, None)
    assert imported == made.state


def test_host_and_port_are_not_the_user_s(said: Any, home: Path) -> None:
    """The address is set in one place."""
    given = inputs(home, ["a"], environment={"PORT": "80", "HOST": "::"})
    assert [str(problem) for problem in Service().check(said.context(), given)] == [
        "environment.HOST: is set from the port; set `port` instead",
        "environment.PORT: is set from the port; set `port` instead",
    ]
