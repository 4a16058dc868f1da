"""`causeway down`: delete everything of a stack, and prove that nothing is left."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from pulumi.automation.errors import CommandError, StackNotFoundError

from console import say, statefile
from console.exits import Exit
from console.failures import Failed, explain
from console.interrupts import forwarded
from console.progress import Progress
from console.recover import recover
from console.rehearse import ground
from console.state import Snapshot, held, snapshot
from console.workspace import Workspace, free_stale_lock, open_workspace, untouched
from infra import paths


@dataclass(frozen=True)
class Proof:
    """What is left after a stack was deleted."""

    resources: int
    """Resources in the state."""
    processes: list[int]
    """Processes that belong to the stack."""
    ports: list[int]
    """Ports of the stack's services that still listen."""
    files: list[str]
    """Files under the stack's own folder."""

    @property
    def clean(self) -> bool:
        """True when nothing is left."""
        return not (self.resources or self.processes or self.ports or self.files)


def run(stack_name: str, *, as_json: bool) -> None:
    """Delete and prove; exit code 4 when something is left.

    The state alone is enough: a stack whose file was deleted goes down like any other.

    Raises:
        NoStackError: There is neither a stack file nor a state of this name.
        Failed: Another stack that is up stands on this one.
    """
    start = time.monotonic()
    workspace = open_workspace(stack_name, fileless=True)
    free_stale_lock(stack_name)
    cut_off = recover(workspace, stack_name)
    before = held(workspace, stack_name)
    if not paths.stack_file(stack_name).exists():
        say.note(
            f"stacks/{paths.stack_file(stack_name).name} is gone: {stack_name} is taken down by its state"
        )
    _refuse_if_carried(stack_name, lambda one: _is_up(workspace, one))
    with untouched(stack_name), Progress(f"down {stack_name}", quiet=as_json) as progress:
        try:
            stack = workspace.existing(stack_name)
            with forwarded():
                stack.destroy(refresh=cut_off or None, on_event=progress.take, suppress_progress=True)
        except CommandError as error:
            raise explain(error, progress.gathered) from error
    _sweep(stack_name)
    proof = prove(stack_name, before, snapshot(workspace, stack_name))
    _report(stack_name, proof, time.monotonic() - start, as_json=as_json)


def prove(stack_name: str, before: Snapshot, after: Snapshot) -> Proof:
    """Look for anything that the stack had: processes, open ports, files."""
    folder = paths.stack_home(stack_name)
    ports = [int(resource.outputs["port"]) for resource in before.resources if resource.outputs.get("port")]
    return Proof(
        resources=len(after.resources),
        processes=_processes(folder),
        ports=[port for port in ports if _listens(port)],
        files=[str(file) for file in folder.rglob("*")] if folder.exists() else [],
    )


def _refuse_if_carried(stack_name: str, is_up: Callable[[str], bool]) -> None:
    """Refuse to take away what another stack stands on."""
    above = dict.fromkeys((*ground.above(stack_name), *statefile.referring(stack_name)))
    if carried := [one for one in above if is_up(one)]:
        names = " and ".join(carried)
        raise Failed(
            f"{stack_name} carries {names}: `causeway down {carried[-1]}` first. Nothing was changed.",
            Exit.CONFIGURATION,
        )


def _is_up(workspace: Workspace, stack_name: str) -> bool:
    try:
        return bool(snapshot(workspace, stack_name).resources)
    except StackNotFoundError:
        return False


def _sweep(stack_name: str) -> None:
    """Remove the page and empty folders; a file that a resource left behind stays, for the proof to find."""
    folder = paths.stack_home(stack_name)
    (folder / "page.html").unlink(missing_ok=True)
    for path in sorted(folder.rglob("*"), reverse=True) if folder.exists() else ():
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    if folder.exists() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()  # a link to another disk is its user's


def _processes(folder: Path) -> list[int]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        try:
            words = [*(process.info["cmdline"] or ()), *process.environ().values()]
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        if any(str(folder) in word for word in words):
            found.append(process.pid)
    return found


def _listens(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _report(name: str, proof: Proof, seconds: float, *, as_json: bool) -> None:
    if as_json:
        say.as_json({"ok": proof.clean, "stack": name, "left": vars(proof), "seconds": round(seconds, 1)})
    else:
        counts = (
            f"{proof.resources} resources, {len(proof.processes)} processes, {len(proof.ports)} ports, "
            f"{len(proof.files)} files left"
        )
        colour = "green" if proof.clean else "red"
        say.out.print(f"[bold {colour}]{name} is down[/]: {counts}  [dim]{seconds:.0f} s[/]")
        for item in (*proof.processes, *proof.ports, *proof.files[:20]):
            say.out.print(f"  left: {item}", markup=False)
    if not proof.clean:
        raise Failed(f"{name}: not everything is gone", Exit.RESOURCE, told=as_json)
