"""A fresh clone in a temporary folder, with a stack of its own: what a newcomer has after `git clone`."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

ROOMS = ("infra", "components", "stacks", "workloads", "policy", "providers", "console", "tools/setup")
FILES = ("Pulumi.yaml", "pyproject.toml", "requirements.txt", "tools/__init__.py", "tools/engine")


@dataclass(frozen=True)
class Clone:
    """A copy of the project that is nobody else's."""

    folder: Path
    """Its root."""

    def causeway(self, *words: str, timeout: float = 280) -> subprocess.CompletedProcess[str]:
        """Run the console as a user would."""
        return self.run([str(self.python), "-m", "console", *words], timeout=timeout)

    def json(self, *words: str, timeout: float = 280) -> Any:
        """Run the console with `--json` and give its document; the process must have ended well."""
        result = self.causeway(*words, "--json", timeout=timeout)
        assert result.returncode == 0, f"{words}: {result.stdout}\n{result.stderr}"
        return json.loads(result.stdout)

    def pulumi(self, *words: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run plain `pulumi` with the variables of `causeway env`."""
        variables = self.json("env")
        return self.run(
            ["pulumi", *words, "--non-interactive", "--color", "never"], timeout=timeout, extra=variables
        )

    def run(
        self, command: list[str], *, timeout: float, extra: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the clone."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**self.env(), **(extra or {})},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def env(self) -> dict[str, str]:
        """Give the environment of a user who has set nothing."""
        return {
            key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "CAUSEWAY_"))
        }

    @property
    def python(self) -> Path:
        """The clone's own interpreter."""
        return self.folder / ".venv" / "bin" / "python"

    @property
    def home(self) -> Path:
        """Where the clone keeps state and data."""
        return self.folder / ".causeway"

    def stack_file(self, name: str) -> Path:
        """Give the path of a stack's settings."""
        return self.folder / "stacks" / f"Pulumi.{name}.yaml"


def make(folder: Path) -> Clone:
    """Copy the project and link its environment, as `make setup` does."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in (*ROOMS, *FILES):
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy2(source, target)
    subprocess.run(
        [sys.executable, "-m", "tools.setup"], cwd=folder, check=True, timeout=300, capture_output=True
    )
    return Clone(folder)
