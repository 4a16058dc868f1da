"""Real stacks in a temporary folder, driven by the Automation API."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation as auto

from infra.paths import project
from providers.base.server import start
from providers.base.service import Service
from providers.localhost import catalogue
from providers.localhost.process import tree
from providers.localhost.process.folder import Folder

Program = Callable[[], object]


def close(loop: asyncio.AbstractEventLoop) -> None:
    """Close a loop of another thread when it has come to rest."""
    while loop.is_running():
        time.sleep(0.05)
    loop.close()


@contextlib.contextmanager
def closed_loops() -> Iterator[None]:
    """Close the event loops that the Automation API leaves open when a resource fails.

    Its cleanup stops at the first task that ends with an error (pulumi.automation._server), before the loop is closed.
    """
    made: list[asyncio.AbstractEventLoop] = []

    def new() -> asyncio.AbstractEventLoop:
        made.append(asyncio.get_event_loop_policy().new_event_loop())
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("asyncio.new_event_loop", new)
        try:
            yield
        finally:
            for loop in made:
                close(loop)


class LiveStack:
    """A stack with a file backend, whose program may change between commands."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.program: Program = lambda: None
        self.output = ""
        self.env = {**env, "PULUMI_BACKEND_URL": folder.as_uri()}
        (folder / "work").mkdir()
        plugin = {"name": "localhost", "path": str(project() / "providers" / "localhost")}
        settings = {"name": "trial", "runtime": "python", "plugins": {"providers": [plugin]}}
        (folder / "work" / "Pulumi.yaml").write_text(json.dumps(settings))
        self.stack = auto.create_stack(
            stack_name="dev",
            project_name="trial",
            program=self._program,
            opts=auto.LocalWorkspaceOptions(work_dir=str(folder / "work"), env_vars=self.env),
        )

    def _program(self) -> None:
        self.program()

    def run(self, command: str, program: Program | None = None, **options: Any) -> Any:
        """Run up, preview, refresh or destroy; CommandError when it fails. `output` keeps what was printed."""
        self.program = program or self.program
        lines: list[str] = []
        try:
            with closed_loops():
                return getattr(self.stack, command)(on_output=lines.append, **options)
        finally:
            self.output = "\n".join(lines)

    def fails(self, command: str, program: Program | None = None) -> str:
        """Run a command that must fail, and give what it printed."""
        with pytest.raises(auto.CommandError):
            self.run(command, program)
        return self.output

    def outputs(self) -> dict[str, Any]:
        """Give the stack's outputs."""
        return {name: output.value for name, output in self.stack.outputs().items()}

    def state(self) -> str:
        """Give the state files as they lie on the disk, histories and backups included."""
        return "".join(file.read_text() for file in self.folder.glob(".pulumi/**/*") if file.is_file())

    def resources(self, type_: str) -> list[dict[str, Any]]:
        """Give the resources of a type as state holds them."""
        deployment = json.loads((self.folder / ".pulumi/stacks/trial/dev.json").read_text())["checkpoint"]
        return [one for one in deployment["latest"].get("resources", []) if one["type"] == type_]


@pytest.fixture
def make_stack(tmp_path: Path) -> Callable[[dict[str, str]], LiveStack]:
    """Give a way to make a stack with an environment of its own."""
    return lambda env: LiveStack(tmp_path, env)


@pytest.fixture
def live_stack(tmp_path: Path, engine_env: dict[str, str]) -> Iterator[LiveStack]:
    """Give a stack whose provider the engine starts, and end at last whatever runs below its folder."""
    yield LiveStack(tmp_path, engine_env)
    end_programs(tmp_path)


@pytest.fixture
def attached_stack(tmp_path: Path, engine_env: dict[str, str]) -> Iterator[LiveStack]:
    """Give a stack that finds the provider in this process, which is quicker."""
    server, port = start(Service("localhost", catalogue.VERSION, catalogue.resources()))
    yield LiveStack(tmp_path, {**engine_env, "PULUMI_DEBUG_PROVIDERS": f"localhost:{port}"})
    server.stop(None).wait()
    end_programs(tmp_path)


def end_programs(home: Path) -> None:
    """End the processes that a failed test left running."""
    for owner in home.glob("**/owner.json"):
        instance = Folder(owner.parent).owner()
        assert instance is not None
        tree.end(instance.instance, 0.0)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Give a folder for programs, and end at last whatever runs there."""
    yield tmp_path
    end_programs(tmp_path)
