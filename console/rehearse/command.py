"""The command: prepare the stage, play the phases, prove the end."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
import yaml
from pulumi import automation

from console import failures, say
from console.exits import Exit
from console.failures import Failed
from console.judge.court import Court, Judge
from console.judge.server import Server
from console.rehearse import dial, proof
from console.rehearse.ground import below, file
from console.rehearse.phases import Phase
from console.rehearse.report import Report
from console.rehearse.scene import Plan, Scene
from console.rehearse.standins import StandIns
from console.rehearse.surroundings import variables
from console.workspace import SealedWorkspace, init_elsewhere, open_workspace
from infra import paths
from providers.rehearsal import faults


@dataclass(frozen=True)
class Options:
    """What to rehearse."""

    verb: Plan = "cycle"
    fault: str = ""
    """KIND, KIND@N or KIND@TYPE, several with commas; empty for a good day."""
    drift: bool = False
    """Change something behind the engine's back."""
    export: Path | None = None
    """Where the state goes as `pulumi stack export` writes it."""
    dial: str = dial.DEFAULT
    """The setting that `cycle` changes."""
    judge: Judge = ""
    """Who else judges what the rehearsal made; empty for the stand-ins alone."""
    crds: Path | None = None
    """A folder of definitions of custom kinds, for the judge."""
    as_json: bool = False


def command(
    stack: Annotated[str, typer.Argument(help="The stack: a name from stacks/Pulumi.<stack>.yaml.")],
    *,
    verb: Annotated[Plan, typer.Option(help="What to play; cycle is preview to destroy.")] = "cycle",
    fault: Annotated[
        str,
        typer.Option(
            help=f"Of {', '.join(faults.KINDS)}: KIND, KIND@N or KIND@TYPE picks the creation; several with commas."
        ),
    ] = "",
    drift: Annotated[
        bool, typer.Option("--drift", help="Change a resource behind the engine's back.")
    ] = False,
    export: Annotated[
        Path | None, typer.Option(help="Write `pulumi stack export` of the result here.")
    ] = None,
    dial: Annotated[
        str, typer.Option(help="The setting that a cycle changes, as path=value.")
    ] = dial.DEFAULT,
    judge: Annotated[
        Judge, typer.Option(help="kubernetes: put every object before a real API server of this machine.")
    ] = "",
    crds: Annotated[
        Path | None, typer.Option(help="A folder of definitions of custom kinds, for --judge.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document instead of a table.")
    ] = False,
) -> None:
    """Run a stack through the real engine against stand-in clouds: no account, no network, nothing to pay."""
    options = Options(verb, fault, drift, export, dial, judge, crds, as_json)
    with failures.boundary(as_json=as_json):
        run(stack, options)


def run(name: str, options: Options) -> None:
    """Rehearse a stack of this project and print what happened.

    Raises:
        Failed: There is no such stack, or the options make no sense together.
        typer.Exit: Something did not go as it has to; the code is that of a failed resource.
    """
    source = _stack_file(name)
    _sensible(options)
    _rehearsable(name, source)
    folder = paths.home() / "rehearsal" / name
    if options.verb == "cycle" or options.fault:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    report = Report(name, str(folder / "account"))
    if not options.as_json:
        say.note(
            f"rehearsal of {name}: stand-in clouds on 127.0.0.1, account in {report.account}; nothing real"
        )
    with ExitStack() as open_:
        court = Court(open_.enter_context(Server()), options.crds) if options.judge else None
        play(open_.enter_context(_scene(name, folder, options)), options, report, court)
    if options.as_json:
        say.as_json(report.document())
    else:
        report.show()
    if not report.ok:
        raise typer.Exit(int(Exit.RESOURCE))


def play(scene: Scene, options: Options, report: Report, court: Court | None = None) -> None:
    """Play what the options ask for, until something goes wrong, and prove the end.

    With a court, what stands after each `up` is put before it.
    """
    begins = options.verb not in {"refresh", "destroy"}
    went_well = not begins or _collect(scene.raise_ground(), report)
    if went_well and options.fault:
        scene.standins.arm(options.fault)
    went_well = went_well and _collect(_judged(_phases(scene, options), scene, report, court), report)
    if options.export is not None and options.verb != "destroy":
        _export(scene, options.export, report)
    if options.fault and went_well:
        _prove(scene, report, empty=False)
    if options.verb == "cycle" and went_well:
        went_well = _collect(scene.end(), report)
    if options.verb in {"cycle", "destroy"} and went_well:
        went_well = _collect(scene.clear_ground(), report)
    if went_well and options.verb != "preview":
        _prove(scene, report, empty=options.verb in {"cycle", "destroy"})


def _phases(scene: Scene, options: Options) -> Iterator[Phase]:
    if options.fault:
        yield from scene.faulty(options.fault)
        return
    if options.verb == "cycle":
        yield from scene.cycle(with_drift=options.drift)
    else:
        yield from scene.single(options.verb, with_drift=options.drift)


def _judged(phases: Iterable[Phase], scene: Scene, report: Report, court: Court | None) -> Iterator[Phase]:
    for phase in phases:
        if court and phase.ok and phase.name.startswith("up"):
            # its secrets are open, so the state stays in memory
            state = json.loads(proof.exported(scene.stack, "--show-secrets"))
            report.verdicts.append(court.hear(state))
        yield phase


def _collect(phases: Iterable[Phase], report: Report) -> bool:
    """Take phases up to the first that goes wrong; say whether none did."""
    for phase in phases:
        report.phases.append(phase)
        if not phase.ok:
            return False
    return True


def _prove(scene: Scene, report: Report, *, empty: bool) -> None:
    beside = [one.stack for one in scene.ground]
    found = report.inventory = proof.inventory(scene.stack, scene.standins.account, *beside)
    report.mistakes += [f"orphaned: {text} exists and no state knows it" for text in found.orphans]
    report.mistakes += [f"missing: {text} is in the state and does not exist" for text in found.ghosts]
    if empty and (found.account or found.state):
        report.mistakes.append(f"not empty: account {found.account}, state {found.state}")


def _export(scene: Scene, target: Path, report: Report) -> None:
    text = proof.exported(scene.stack)
    report.leaked = proof.leaked(scene.stack, text)
    if report.leaked:
        report.mistakes.append(
            f"{report.leaked} secrets stand in plain text in the export; nothing was written"
        )
        return
    target.write_text(text, encoding="utf-8")
    report.exported = str(target)


@contextmanager
def _scene(name: str, folder: Path, options: Options) -> Iterator[Scene]:
    """Open the stack, and those that it stands on, on a scratch state with the stand-ins attached."""
    with StandIns(folder / "account") as standins:
        base = open_workspace(name).env
        env = variables(base, folder, standins.attached, checkpoints=bool(options.fault))

        def scene(one: str, *ground: Scene) -> Scene:
            config, turned, freed = (folder / f"{one}{kind}.yaml" for kind in ("", "-turned", "-freed"))
            shutil.copyfile(file(one), config)
            dial.turn(config, turned, options.dial if one == name else dial.DEFAULT)
            protected = dial.free(turned if one == name else config, freed)
            init_elsewhere(one, {**os.environ, **env}, folder / "empty")
            workspace = SealedWorkspace(work_dir=str(paths.project()), env_vars=env)
            opened = automation.Stack.select(one, workspace)
            return Scene(opened, standins, config, turned, freed if protected else None, ground)

        yield scene(name, *[scene(one) for one in below(name)])


def _stack_file(name: str) -> Path:
    folder = paths.project() / "stacks"
    file = folder / f"Pulumi.{name}.yaml"
    if not file.is_file():
        there = sorted(path.name.split(".")[1] for path in folder.glob("Pulumi.*.yaml"))
        raise Failed(f"there is no stack {name!r}; there are: {', '.join(there)}", Exit.NO_STACK)
    return file


def _rehearsable(name: str, source: Path) -> None:
    """This machine's own stack has no stand-in: its provider works for real."""
    config = (yaml.safe_load(source.read_text(encoding="utf-8")) or {}).get("config") or {}
    if config.get("causeway:platform") == "local":
        raise Failed(
            f"{name} runs on this machine and costs nothing: use `causeway up {name}`, not a rehearsal"
        )


def _sensible(options: Options) -> None:
    if options.fault:
        try:
            faults.parse(options.fault)
        except ValueError as error:
            raise Failed(str(error), Exit.CONFIGURATION) from None
        if options.verb not in {"up", "cycle"}:
            raise Failed(f"--fault strikes creations: use it with --verb up or cycle, not {options.verb}")
    if options.drift and options.fault:
        raise Failed("--drift and --fault are two rehearsals: run one, then the other")
