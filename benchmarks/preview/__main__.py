"""Preview stacks beside bare programs that register the same: `python -m benchmarks.preview STACK … [--rounds N]`.

A rehearsal makes the stack once and its resources are recorded. Then both programs are previewed in turn on an empty
state, before the same stand-ins. The ratio is taken within each round, and the machine's load is printed with it.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation

from console.rehearse.ground import below
from console.rehearse.proof import exported
from console.rehearse.scene import Scene
from console.rehearse.standins import StandIns
from console.rehearse.surroundings import variables
from console.workspace import SealedWorkspace, init_elsewhere, open_workspace
from infra import paths

ROUNDS = 5
OWN = ("pulumi:pulumi:", "pulumi:providers:pulumi")
"""The engine's own types; the bare program has the values of other stacks already."""


def main() -> None:
    read = argparse.ArgumentParser(prog="python -m benchmarks.preview", description=__doc__)
    read.add_argument(
        "stacks", nargs="*", default=["aws-prod"], help="stacks of clouds; by themselves: aws-prod"
    )
    read.add_argument("--rounds", type=int, default=ROUNDS, help=f"pairs of previews; by itself: {ROUNDS}")
    read.add_argument("--out", type=Path, help="write the figures as JSON")
    given = read.parse_args()
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    stacks: dict[str, Any] = {}
    for stack in given.stacks:
        stacks[stack] = compare(stack, given.rounds)
        if given.out:
            given.out.parent.mkdir(parents=True, exist_ok=True)
            report = {"machine": machine, "stacks": stacks}
            given.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def compare(stack: str, rounds: int) -> dict[str, Any]:
    """Print and give how long the previews of a stack and of its bare program take, and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with StandIns(folder / "account") as standins:
            ours, recorded = record(stack, folder / "ours", standins)
            sides = {
                "ours": ours,
                "bare": opened(stack, folder / "bare", standins, bare(folder / "bare", recorded), None),
            }
            times = [{side: seconds(scene) for side, scene in sides.items()} for _ in range(rounds)]
    print(
        f"{stack}: {len(recorded)} resources, {rounds} rounds, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    found: dict[str, Any] = {"resources": len(recorded), "load": round(os.getloadavg()[0], 1)}
    for at, what in enumerate(("clock", "processor")):
        found[what] = each = gist([{side: one[side][at] for side in one} for one in times])
        ratios = each["ratios"]
        print(
            f"  {what}: preview {each['ours']:.2f} s, bare program {each['bare']:.2f} s, "
            f"ratio {each['ratio']:.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
            flush=True,
        )
    return found


def gist(times: list[dict[str, float]]) -> dict[str, Any]:
    """Give the medians in seconds, and the ratio of ours to the bare program's in each round."""
    ratios = [one["ours"] / one["bare"] for one in times]
    middle = {side: round(statistics.median(one[side] for one in times), 3) for side in ("ours", "bare")}
    return {
        **middle,
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(one, 3) for one in ratios],
    }


def seconds(scene: Scene) -> tuple[float, float]:
    """Give the time of one preview, by the clock and by the processor.

    Raises:
        SystemExit: It did not go well.
    """
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    phase = scene.play("preview", "preview")
    if not phase.ok:
        raise SystemExit(phase.wanted)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, used


def record(stack: str, folder: Path, standins: StandIns) -> tuple[Scene, list[dict[str, object]]]:
    """Make a stack, after those that it stands on, and let its state forget it.

    Gives the stack, and its resources with their secrets open, in the order of registration.
    """
    scenes = [
        opened(one, folder, standins, paths.project(), config(one, folder)) for one in (*below(stack), stack)
    ]
    for scene in scenes:
        phase = scene.play("up", "up")
        if not phase.ok:
            raise SystemExit(phase.wanted)
    ours = scenes[-1].stack
    state = json.loads(exported(ours, "--show-secrets"))["deployment"]["resources"]
    ours.import_stack(automation.Deployment(version=3, deployment={}))
    return scenes[-1], [one for one in state if not one["type"].startswith(OWN) and not one.get("external")]


def config(stack: str, folder: Path) -> Path:
    """Copy the stack file, as the engine writes into it."""
    folder.mkdir(exist_ok=True, mode=0o700)
    copy = folder / f"{stack}.yaml"
    shutil.copyfile(paths.project() / "stacks" / f"Pulumi.{stack}.yaml", copy)
    return copy


def bare(folder: Path, recorded: list[dict[str, object]]) -> Path:
    """Write the bare program with what it registers."""
    project = folder / "project"
    project.mkdir(parents=True, mode=0o700)
    shutil.copyfile(Path(__file__).with_name("bare.py"), project / "__main__.py")
    (project / "resources.json").write_text(json.dumps(recorded), encoding="utf-8")
    ours = yaml.safe_load((paths.project() / "Pulumi.yaml").read_text(encoding="utf-8"))
    runtime = {
        "name": "python",
        "options": {**ours["runtime"]["options"], "virtualenv": str(paths.project() / ".venv")},
    }
    (project / "Pulumi.yaml").write_text(
        yaml.safe_dump({"name": "causeway", "runtime": runtime}), encoding="utf-8"
    )
    return project


def opened(stack: str, folder: Path, standins: StandIns, project: Path, settings: Path | None) -> Scene:
    """Open a stack with an empty state of its own."""
    folder.mkdir(exist_ok=True, mode=0o700)
    env = variables(open_workspace(stack).env, folder, standins.attached, checkpoints=False)
    init_elsewhere(stack, {**os.environ, **env}, folder / "empty")
    workspace = SealedWorkspace(work_dir=str(project), env_vars=env)
    return Scene(automation.Stack.select(stack, workspace), standins, settings)


if __name__ == "__main__":
    main()
