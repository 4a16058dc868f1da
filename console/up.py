"""`causeway up`: check the settings, judge, create or mend, and show what there is."""

import time
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pulumi import automation
from pulumi.automation.errors import CommandError
from pulumi.automation.events import EngineEvent
from rich.markup import escape

from console import baseline, losses, page, policies, say
from console.exits import Exit
from console.failures import Failed, explain
from console.interrupts import forwarded
from console.progress import Progress
from console.recover import recover
from console.rehearse.proof import exported
from console.standing import settings_of
from console.state import Snapshot, snapshot
from console.workspace import Workspace, free_stale_lock, open_workspace, untouched


def run(stack_name: str, *, as_json: bool) -> None:
    """Bring the stack to what its file says.

    The settings are checked before any engine starts. The refresh lets the engine see what died or drifted, so that
    it is mended and not believed.
    """
    settings = settings_of(stack_name)
    start = time.monotonic()
    workspace = open_workspace(stack_name)
    free_stale_lock(stack_name)
    recover(workspace, stack_name)
    with untouched(stack_name), Progress(f"up {stack_name}", quiet=as_json) as progress:
        with forwarded():
            stack = workspace.stack(stack_name)
        with TemporaryDirectory(prefix="causeway-up-") as folder:
            before = exported(stack)
            judges = policies.judges(Path(folder), baseline.monthly(before))
            if not settings.here:
                # half of a change costs money: the look ahead is judged too, as that of plain `pulumi up`
                if not as_json:
                    say.note("a look ahead, by which nothing is changed")
                _look_ahead(stack, stack_name, settings.may_lose, judges)
            elif losses.held(before):
                _look_ahead(stack, stack_name, settings.may_lose)
            try:
                with forwarded():
                    stack.up(
                        refresh=True,
                        policy_packs=list(judges.packs),
                        policy_pack_configs=list(judges.configs),
                        on_event=progress.take,
                        suppress_progress=True,
                    )
            except CommandError as error:
                raise _failure(error, progress) from error
    report(workspace, stack_name, progress, time.monotonic() - start, as_json=as_json)


def _look_ahead(
    stack: automation.Stack, name: str, may_lose: Collection[str], judges: policies.Judges | None = None
) -> None:
    """Preview, as the engine of an update waits for nobody between a step and the next; the state is near enough.

    Raises:
        Failed: The program ends with an error, a judge that was seated finds a breach, or a pool or what holds data
            would be replaced or deleted and the stack file does not say that it may.
    """
    lost: list[str] = []
    ahead = Progress(f"up {name}", quiet=True)

    def take(event: EngineEvent) -> None:
        ahead.take(event)
        found = event.resource_pre_event
        if found and found.metadata.op.value in losses.LOST:
            lost.append(found.metadata.urn)

    seated = judges or policies.Judges()
    try:
        with forwarded():
            stack.preview(
                policy_packs=list(seated.packs),
                policy_pack_configs=list(seated.configs),
                on_event=take,
                suppress_progress=True,
            )
    except CommandError as error:
        raise _failure(error, ahead) from error
    if unasked := losses.unasked(lost, may_lose):
        raise Failed(losses.told(unasked), Exit.POLICY)


def report(workspace: Workspace, name: str, progress: Progress, seconds: float, *, as_json: bool) -> None:
    """Write the page and print where things are."""
    state = snapshot(workspace, name)
    file = page.write(name, state, progress.gathered)
    gathered = progress.gathered
    if as_json:
        say.as_json(
            {
                "ok": True,
                "stack": name,
                "changes": dict(gathered.operations),
                "seconds": round(seconds, 1),
                "outputs": state.outputs,
                "page": str(file),
            }
        )
        return
    counts = ", ".join(f"{count} {op}" for op, count in sorted(gathered.operations.items()) if op != "same")
    same = gathered.operations.get("same", 0)
    unchanged = f"{same} unchanged" if same else ""
    what = ", ".join(part for part in (counts or "no changes", unchanged) if part)
    say.people.print(f"[bold green]{name} is up[/]: {what}  [dim]{seconds:.0f} s[/]")
    for line in summary(state):
        say.out.print(line)
    say.out.print(f"page      {escape(file.as_uri())}")


def summary(state: Snapshot) -> list[str]:
    """Give the lines that a person wants after `up`: loss, endpoint, how to call it."""
    lines = []
    training: dict[str, Any] = state.outputs.get("training") or {}
    if "first_loss" in training:
        steps = int(training["steps"])
        lines.append(f"loss      {training['first_loss']:.3f} → {training['last_loss']:.3f} in {steps} steps")
    if 0 < (training.get("resumed_from") or 0) < training.get("steps", 0):
        lines.append(f"resumed   training went on from the checkpoint of step {training['resumed_from']:.0f}")
    if endpoint := state.outputs.get("endpoint"):
        body = '{"prompt": "def main(", "max_tokens": 40, "stream": true}'
        lines.append(f"endpoint  {endpoint}")
        lines.append(
            f"try       curl -N {endpoint}/v1/completions -H 'content-type: application/json' -d '{body}'"
        )
    return [escape(line) for line in lines]


def _failure(error: CommandError, progress: Progress) -> Failed:
    gathered = progress.gathered
    if verdicts := [event for event in gathered.violations if event.enforcement_level == "mandatory"]:
        names = sorted({event.policy_name for event in verdicts})
        texts = "\n".join(page.plain_message(event) for event in verdicts)
        return Failed(f"stopped by {', '.join(names)}\n{texts}", Exit.POLICY)
    return explain(error, gathered)
