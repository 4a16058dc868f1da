"""`causeway doctor`: what this machine and a stack need, checked before anything is changed."""

import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import psutil
from pulumi.automation.errors import CommandError
from rich.markup import escape

from console import engine as engines
from console import say
from console.engine import EngineError, go
from console.exits import Exit
from console.failures import Failed, classify
from console.standing import settings_of
from console.workspace import Workspace, open_workspace
from infra import paths
from infra.problems import ProblemsError

_GIB = 1024**3


@dataclass(frozen=True)
class Check:
    """One finding."""

    name: str
    """What was looked at."""
    ok: bool
    """True when it is as it must be."""
    found: str
    """What was seen."""
    fix: str = ""
    """What to do, where it isn't well."""


def run(stack_name: str, *, as_json: bool) -> None:
    """Print all checks; exit code 1 when one fails."""
    checks = list(examine(stack_name))
    ok = all(check.ok for check in checks)
    if as_json:
        say.as_json({"ok": ok, "stack": stack_name, "checks": [asdict(check) for check in checks]})
    else:
        _print(checks)
    if not ok:
        broken = ", ".join(check.name for check in checks if not check.ok)
        raise Failed(f"to mend: {broken}", Exit.GENERIC, told=as_json)


def examine(stack_name: str) -> Iterator[Check]:
    """Run the checks one by one; a later one may need what an earlier one found."""
    yield Check(
        "python", sys.version_info >= (3, 11), platform.python_version(), "install Python 3.11 or newer"
    )
    yield _disk()
    yield _memory()
    found = _engine()
    yield _settings(stack_name, below=found.ok)
    yield found
    if found.ok:
        try:
            workspace = open_workspace(stack_name)
        except Failed as error:
            yield Check("backend", False, str(paths.home()), str(error))
            return
        yield Check("backend", True, workspace.env.get("PULUMI_BACKEND_URL", "from your environment"))
        yield _state(workspace, stack_name)


def _disk() -> Check:
    home = paths.home()
    there = next(folder for folder in (home, *home.parents) if folder.is_dir())
    free = shutil.disk_usage(there).free / _GIB
    return Check("disk", free >= 2, f"{free:.0f} GiB free", "free at least 2 GiB for checkpoints and logs")


def _memory() -> Check:
    free = psutil.virtual_memory().available / _GIB
    return Check("memory", free >= 3, f"{free:.0f} GiB available", "close programs: training wants 3 GiB")


def _settings(stack_name: str, *, below: bool) -> Check:
    try:
        settings = settings_of(stack_name, below=below)
    except ProblemsError as error:
        count = len(error.problems)
        return Check(
            "settings", False, f"{count} mistake{'s' * (count > 1)}", "\n".join(map(str, error.problems))
        )
    return Check("settings", True, settings.summary)


def _engine() -> Check:
    """Look for an engine without making one: that takes minutes, and a look must not."""
    try:
        found = engines.find(allow_build=False)
    except EngineError:
        return Check("engine", False, "not ready", _way_to_an_engine())
    return Check("engine", True, f"pulumi {found.version}, {found.origin}")


def _way_to_an_engine() -> str:
    try:
        go.find()
    except EngineError as error:
        return str(error)
    return "`make engine` makes it ready: the official release, or a build from source"


def _state(workspace: Workspace, stack_name: str) -> Check:
    try:
        deployment = workspace.existing(stack_name).export_stack().deployment or {}
    except CommandError as error:
        if "no stack named" in str(error):
            return Check("state", True, "none yet")
        return Check("state", False, "can't be read", classify(str(error))[0])
    pending = deployment.get("pending_operations") or []
    names = ", ".join({operation["resource"]["urn"].rsplit("::", 1)[-1]: None for operation in pending})
    fix = f"interrupted: {names}; `causeway up {stack_name}` looks at each and goes on"
    return Check(
        "state", not pending, f"{len(deployment.get('resources', []))} resources", fix if pending else ""
    )


def _print(checks: list[Check]) -> None:
    """Print a line for each check, and under one that failed what to do: often longer than a column is wide."""
    for check in checks:
        mark = "[green]✓[/]" if check.ok else "[red]✗[/]"
        say.out.print(f"{mark}  {check.name:10}{escape(check.found)}")
        for line in check.fix.splitlines() if not check.ok else ():
            say.out.print(f"   {'':10}{line}", markup=False)
