"""What a job and a service have in common: a command, its surroundings, and the folder that holds it."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from providers.base.errors import ProviderError
from providers.base.resource import Inputs
from providers.localhost.process.spec import MARK

OURS = frozenset({MARK})
"""Variables that the provider sets itself."""


def _absolute(path: str) -> str:
    if not os.path.isabs(path):  # noqa: PTH117 - the text itself is judged, also with a trailing slash
        raise ValueError(
            f"{path!r} is a relative path; give an absolute one, such as {str(Path.cwd() / path)!r}"
        )
    return os.path.normpath(path)


def _names(environment: dict[str, str]) -> dict[str, str]:
    wrong = [name for name in environment if not name or "=" in name or "\0" in name or name in OURS]
    if wrong:
        raise ValueError(f"no names for environment variables: {', '.join(map(repr, wrong))}")
    return environment


def _runnable(command: list[str]) -> list[str]:
    if not command[0] or any("\0" in word for word in command):
        raise ValueError("the first word must be a program, and no word may hold a NUL")
    return command


AbsolutePath = Annotated[str, AfterValidator(_absolute)]
Environment = Annotated[dict[str, str], AfterValidator(_names)]
Command = Annotated[list[str], Field(min_length=1), AfterValidator(_runnable)]


class ProgramInputs(Inputs):
    """A program to run."""

    command: Command
    """Program and arguments; no shell is involved."""

    directory: AbsolutePath
    """Absolute folder that the resource owns: log, state, result. Made with mode 0700, removed with the resource."""

    environment: Environment = Field(default_factory=dict)
    """Variables on top of the inherited ones (those of the engine, PULUMI_*, are not inherited)."""

    workdir: AbsolutePath | None = None
    """Absolute folder to run in; `directory` when absent."""

    triggers: dict[str, Any] = Field(default_factory=dict)
    """Any values; a change runs the program anew."""

    @property
    def path(self) -> Path:
        """The folder that the resource owns."""
        return Path(self.directory)

    @property
    def cwd(self) -> str:
        """The folder to run in."""
        return self.workdir or self.directory


def surroundings(inputs: ProgramInputs, instance: str, extra: Mapping[str, str]) -> dict[str, str]:
    """Give the variables to set for the program; what the user sets wins over `extra`."""
    return {**extra, **inputs.environment, MARK: instance}


def require_runnable(inputs: ProgramInputs) -> None:
    """Refuse a program or a working folder that isn't there, before anything is made."""
    if inputs.workdir and not Path(inputs.workdir).is_dir():
        raise ProviderError(f"workdir: there is no folder {inputs.workdir}")
    program = inputs.command[0]
    search = inputs.environment.get("PATH", os.environ.get("PATH"))
    where = str(Path(inputs.cwd, program)) if "/" in program else program
    if shutil.which(where, path=search) is None:
        place = "" if "/" in program else f" on PATH ({search})"
        raise ProviderError(
            f"command: there is no program {program!r}{place}; install it or give its absolute path"
        )
