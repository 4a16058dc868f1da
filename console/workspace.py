"""One stack of this project, opened with the engine, the backend and the passphrase that belong to it."""

import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import psutil
from pulumi import automation
from pulumi.automation.errors import StackAlreadyExistsError

from console import engine as engines
from console import say, statefile
from console.failures import Failed
from infra import paths
from infra.settings import NoStackError, stackfile

_SALT = "encryptionsalt:"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
"""What the engine takes for a stack's name, and no path."""


@dataclass(frozen=True)
class Workspace:
    """The project as the Pulumi command sees it."""

    env: dict[str, str]
    """Variables of every command: PATH, backend, passphrase."""
    command: automation.PulumiCommand
    """The Pulumi command."""

    def stack(self, name: str) -> automation.Stack:
        """Open a stack, making its empty state when there is none."""
        try:
            return automation.create_or_select_stack(
                name, work_dir=str(paths.project()), opts=self._options()
            )
        except StackAlreadyExistsError:  # another run made it since the look
            return self.existing(name)

    def existing(self, name: str) -> automation.Stack:
        """Open a stack that has state.

        Raises:
            StackNotFoundError: It has none.
        """
        return automation.select_stack(name, work_dir=str(paths.project()), opts=self._options())

    def _options(self) -> automation.LocalWorkspaceOptions:
        return automation.LocalWorkspaceOptions(env_vars=self.env, pulumi_command=self.command)


def open_workspace(stack: str, *, fileless: bool = False) -> Workspace:
    """Find the engine and prepare backend and passphrase for a stack.

    Args:
        stack: Its name.
        fileless: The state is enough; else a missing stack file is a NoStackError. Default: false.
    """
    engine = engines.find()
    env = environment(engine, stack, fileless=fileless)
    os.environ["PATH"] = env["PATH"]  # the Automation API looks for `pulumi` on this process's own PATH
    return Workspace(env, automation.PulumiCommand())


def environment(engine: engines.Engine, stack: str, *, fileless: bool = False) -> dict[str, str]:
    """Give the variables with which plain `pulumi` works on a stack of this project; what the user has set stays."""
    chosen = engines.environment(engine)
    chosen.setdefault("PULUMI_SKIP_UPDATE_CHECK", "true")
    if not os.environ.get("PULUMI_BACKEND_URL"):
        chosen["PULUMI_BACKEND_URL"] = _state().as_uri()
    if not any(
        os.environ.get(name) for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
    ):
        chosen["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(_passphrase())
    # the salt of a generated passphrase belongs to this clone's state, not to the shared stack file
    chosen["PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER"] = "true"
    if _stays_here(stack, fileless=fileless):
        # every installed cloud SDK asks for its plugin, also where the stack uses none of them
        chosen.setdefault("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true")
    return chosen


def init_elsewhere(stack: str, env: Mapping[str, str], folder: Path) -> None:
    """Make the empty state of a stack from a folder of its own: `init` writes a salt beside the project's file."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "stacks").mkdir(parents=True)
    shutil.copyfile(paths.project() / "Pulumi.yaml", folder / "Pulumi.yaml")
    command = ["pulumi", "stack", "init", stack, "--non-interactive"]
    done = subprocess.run(
        command, cwd=folder, env=dict(env), capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode and "already exists" not in done.stderr:
        raise Failed(f"no scratch state could be made: {done.stderr.strip()}")


class SealedWorkspace(automation.LocalWorkspace):
    """A workspace that never opens secrets only to report on them.

    After every `up` the Automation API reads the outputs in the open, for which the engine wants the stack file's own
    salt and writes one; whoever works on the same stack beside us would find it. Outputs are read from the state.
    """

    def stack_outputs(self, stack_name: str) -> automation.OutputMap:
        """Give none."""
        del stack_name
        return {}


@contextmanager
def untouched(stack: str) -> Iterator[None]:
    """Leave the stack file as it was: the engine writes the salt of this clone's passphrase into it.

    What it was is noted beside the state, so that the run after a killed one can still take the salt away. A file
    that was not there is gone again.
    """
    file = paths.stack_file(stack)
    note = paths.home() / f"unsalted-{stack}.yaml"
    if note.exists():
        _unsalt(file, note.read_text(encoding="utf-8"))
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    note.write_text(before, encoding="utf-8")
    try:
        yield
    finally:
        _unsalt(file, before, always=True)
        note.unlink(missing_ok=True)


def _unsalt(file: Path, before: str, *, always: bool = False) -> None:
    """Write a file as it was before a salt came; unless always, only where nothing else has changed since."""
    now = file.read_text(encoding="utf-8") if file.exists() else ""
    others = [line for line in now.splitlines() if not line.startswith(_SALT)]
    if _SALT in before or _SALT not in now:
        return
    if before and (always or others == before.splitlines()):
        file.write_text(before, encoding="utf-8")
    elif not before and not others:
        file.unlink()


def free_stale_lock(stack: str) -> None:
    """Remove a lock of the file backend whose process on this machine is dead, say so, and mend what it left."""
    folder = paths.home() / "state" / ".pulumi" / "locks" / "organization" / "causeway" / stack
    for file in folder.glob("*.json") if folder.is_dir() else ():
        try:
            holder = json.loads(file.read_text(encoding="utf-8"))
        except (
            FileNotFoundError,
            ValueError,
        ):  # freed meanwhile, or cut off in the middle: the engine judges
            continue
        if holder.get("hostname") == os.uname().nodename and not psutil.pid_exists(int(holder.get("pid", 0))):
            file.unlink()
            say.note(f"freed the lock of a killed run (process {holder['pid']})")
    if not any(folder.glob("*.json")):
        statefile.mend(stack)


def _stays_here(stack: str, *, fileless: bool) -> bool:
    try:
        file = stackfile.read(paths.stack_file(stack))
    except NoStackError:
        if fileless and _NAME.fullmatch(stack):
            return False
        raise
    return file.values.get("platform") == "local"


def _state() -> Path:
    state = paths.home() / "state"
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Failed(
            f"{paths.home()} can't hold the state: {error.strerror}. Set CAUSEWAY_HOME to a folder that you may write."
        ) from None
    return state


def _passphrase() -> Path:
    """Give the file of this clone's passphrase, which is whole from the moment at which it has its name."""
    file = paths.home() / "passphrase"
    if not file.exists():
        paths.home().mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile("w", dir=file.parent, prefix=".passphrase-", encoding="ascii") as fresh:
            fresh.write(secrets.token_urlsafe(32))
            fresh.flush()
            with suppress(FileExistsError):  # another run was first, and its passphrase counts
                os.link(fresh.name, file)
    return file
