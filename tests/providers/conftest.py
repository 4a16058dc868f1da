"""Real stacks in a temporary folder, driven by the Automation API."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation as auto

from infra.paths import project

Program = Callable[[], None]


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
def live_stack(tmp_path: Path, engine_env: dict[str, str]) -> Iterator[LiveStack]:
    """Give a stack, and destroy at the end what a failed test left of it."""
    live = LiveStack(tmp_path, engine_env)
    yield live
    if (live.stack.export_stack().deployment or {}).get("resources"):
        live.run("destroy", lambda: None)
