"""Services through the real engine and the real plugin process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from providers.localhost import sdk
from providers.localhost.process import ports, tree
from providers.localhost.process.folder import Folder

pytestmark = pytest.mark.engine


def test_life(
    attached_stack: Any,
    tmp_path: Path,
    server: list[str],
    until: Callable[[Callable[[], object]], None],
    kill: Callable[[int], None],
) -> None:
    """A service keeps its port over change and death; a refresh shows that it died; destroy leaves nothing."""

    def declare(model: str) -> None:
        args = sdk.ServiceArgs(
            command=server, directory=str(tmp_path / "service"), restart="never", triggers={"model": model}
        )
        service = sdk.Service("web", args)
        pulumi.export("web", {"url": service.url, "pid": service.pid, "port": service.port})

    attached_stack.run("up", lambda: declare("1"))
    first = attached_stack.outputs()["web"]
    assert first["url"] == f"http://127.0.0.1:{first['port']}"

    attached_stack.run("up", lambda: declare("2"))
    assert "~ 1 updated" in attached_stack.output
    second = attached_stack.outputs()["web"]
    assert (second["port"], second["pid"] != first["pid"]) == (first["port"], True)

    kill(second["pid"])
    until(lambda: not Folder(tmp_path / "service").supervised())
    attached_stack.run("refresh")
    assert "~ 1 updated" in attached_stack.output
    (state,) = attached_stack.resources("localhost:index:Service")
    assert (state["outputs"]["status"], state["inputs"]["port"]) == ("stopped", 0)

    attached_stack.run("up")
    assert "[diff: ~status]" in attached_stack.output
    assert attached_stack.outputs()["web"]["port"] == first["port"]

    attached_stack.run("destroy")
    assert not (tmp_path / "service").exists()
    assert ports.is_free(first["port"])
    assert tree.members(state["outputs"]["instance"]) == []
