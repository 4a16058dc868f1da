"""Where a plan is made: on the stack's own state, or on a scratch state with stand-in clouds."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from console import baseline, policies
from console import engine as engines
from console.exits import Exit
from console.failures import Failed
from console.plan.engine import TIMEOUT, Engine
from console.plan.recording import Recording
from console.rehearse import dial, ground
from console.rehearse.standins import StandIns
from console.rehearse.surroundings import variables
from console.workspace import environment, init_elsewhere, open_workspace, untouched
from infra import paths
from infra.settings import from_file, stackfile

_KEYS = frozenset({"encryptionsalt", "encryptedkey", "secretsprovider"})
"""Fields of a stack file that belong to the keeper of its secrets."""


def record(stack: str, *, rehearse: bool, settings: Sequence[str] = (), base: str = "") -> Recording:
    """Preview a stack of this project.

    Args:
        stack: Its name.
        rehearse: Ask stand-in clouds and a scratch state; else the stack's own state and its cloud.
        settings: Dials to turn, as `path=value`, on a copy of the stack file.
        base: A git revision; a rehearsal first builds what the stack was there. Empty: what its file says now if
            dials are turned, else nothing.

    Raises:
        ProblemsError: The settings have mistakes; found before any engine starts.
        Failed: The engine could not finish.
    """
    source = stack_file(stack)
    with TemporaryDirectory(prefix="causeway-plan-") as scratch:
        folder = Path(scratch)
        config = turned(source, folder / "settings", settings)
        if not rehearse:
            engine = _real(stack, folder)
            return engine.preview(paths.project(), config, _judges(engine, folder), refresh=True)
        with rehearsal(stack, folder) as engine:
            _before(engine, source, settings, base, folder)
            secretless(config)
            return engine.preview(paths.project(), config, _judges(engine, folder))


def _judges(engine: Engine, folder: Path) -> policies.Judges:
    """Seat the judges, and tell them what the stack costs before the change."""
    return policies.judges(folder, baseline.monthly(engine.export(paths.project())))


def alone(stack: str, variants: Sequence[Sequence[str]]) -> list[Recording]:
    """Preview a stack from nothing, once for each set of dials, with stand-in clouds and without judges."""
    source = stack_file(stack)
    with TemporaryDirectory(prefix="causeway-cost-") as scratch:
        folder = Path(scratch)
        files = [
            turned(source, folder / f"settings-{number}", dials) for number, dials in enumerate(variants)
        ]
        with rehearsal(stack, folder) as engine:
            return [engine.preview(paths.project(), secretless(file)) for file in files]


def stack_file(stack: str) -> Path:
    """Give a stack's settings file.

    Raises:
        Failed: There is no such stack.
    """
    folder = paths.project() / "stacks"
    file = folder / f"Pulumi.{stack}.yaml"
    if not file.is_file():
        raise Failed(f"there is no stack {stack!r}; there are: {', '.join(stacks())}", Exit.NO_STACK)
    return file


def stacks() -> list[str]:
    """List the stacks of this project by name."""
    return sorted(path.name.split(".")[1] for path in (paths.project() / "stacks").glob("Pulumi.*.yaml"))


def turned(source: Path, folder: Path, settings: Sequence[str]) -> Path:
    """Copy a stack file, turn dials on the copy and check it; the engine may write its salt there."""
    stackfile.read(source)
    folder.mkdir(exist_ok=True)
    target = folder / source.name
    shutil.copyfile(source, target)
    for setting in settings:
        dial.turn(target, target, setting, "--set")
    from_file(target)
    return target


def secretless(file: Path) -> Path:
    """Take what only the owner of the real stack can open off a copy: a rehearsal needs no key, and forks have none."""
    document = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    config = document.get("config") or {}
    sealed = {key for key, value in config.items() if isinstance(value, dict) and "secure" in value}
    if sealed or _KEYS & set(document):
        plain = {key: "rehearsed" if key in sealed else value for key, value in config.items()}
        kept = {key: value for key, value in document.items() if key not in _KEYS}
        file.write_text(yaml.safe_dump({**kept, "config": plain}, sort_keys=False), encoding="utf-8")
    return file


@contextmanager
def rehearsal(stack: str, folder: Path) -> Iterator[Engine]:
    """Open a scratch state with the stand-ins attached; what the stack stands on is up."""
    with StandIns(folder / "account") as standins:
        base = environment(engines.find(), stack)
        env = {**os.environ, **variables(base, folder, standins.attached, checkpoints=False)}
        for below in ground.below(stack):
            init_elsewhere(below, env, folder / "empty")
            Engine(below, env, folder).up(paths.project(), _copied(stack_file(below), folder / below))
        init_elsewhere(stack, env, folder / "empty")
        yield Engine(stack, env, folder)


def _real(stack: str, folder: Path) -> Engine:
    workspace = open_workspace(stack)
    with untouched(stack):
        workspace.stack(stack)
    return Engine(stack, {**os.environ, **workspace.env}, folder)


def _before(engine: Engine, source: Path, settings: Sequence[str], base: str, folder: Path) -> None:
    """Build what the plan is compared with."""
    if not base and not settings:
        return
    if stackfile.read(source).values.get("platform") == "local":
        raise Failed(
            "a local stack has no stand-ins: plan it without --rehearse and --base", Exit.CONFIGURATION
        )
    if base:
        with checkout(base, folder / "base") as project:
            old = project / "stacks" / source.name
            if old.is_file():  # a new stack had nothing before
                engine.up(project, _copied(old, folder / "base-settings"))
    else:
        engine.up(paths.project(), _copied(source, folder / "base-settings"))


def _copied(source: Path, folder: Path) -> Path:
    folder.mkdir()
    return secretless(Path(shutil.copyfile(source, folder / source.name)))


@contextmanager
def checkout(revision: str, folder: Path) -> Iterator[Path]:
    """Lay out the project as it was at a git revision, with the packages that it wanted then.

    Raises:
        Failed: There is no such revision.
    """
    git = ["git", "-C", str(paths.project())]
    done = subprocess.run(
        [*git, "worktree", "add", "--detach", str(folder), revision],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise Failed(f"no revision {revision!r} can be laid out: {done.stderr.strip()}", Exit.CONFIGURATION)
    try:
        _equip(folder)
        yield folder
    finally:
        subprocess.run([*git, "worktree", "remove", "--force", str(folder)], timeout=60, check=False)


def _equip(folder: Path) -> None:
    """Give an old checkout an environment whose imports lead to its own code and not to this clone's."""
    command = [sys.executable, "-m", "tools.setup"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    if done.returncode:
        raise Failed(f"the base revision could not be prepared: {done.stderr.strip()}")
