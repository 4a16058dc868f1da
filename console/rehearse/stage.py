"""One rehearsal: prepare the stage, play the phases, prove the end."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pulumi import automation

from console import say
from console.failures import Failed
from console.judge.court import Court, Judge
from console.judge.server import Server
from console.rehearse import dial, proof
from console.rehearse.ground import below
from console.rehearse.phases import Phase
from console.rehearse.report import Report
from console.rehearse.scene import Plan, Scene
from console.rehearse.standins import StandIns
from console.rehearse.surroundings import variables
from console.workspace import SealedWorkspace, init_elsewhere, open_workspace
from infra import paths
from providers.rehearsal.accountfile import AccountError


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


def rehearse(name: str, options: Options) -> Report:
    """Rehearse a stack of this project and say what happened."""
    folder = paths.home() / "rehearsal" / name
    with _alone(name, folder):
        try:
            return _rehearse(name, folder, options)
        except AccountError as error:
            anew = f". Nothing in it is real: remove {folder} and run this again" if error.spoilt else ""
            raise Failed(f"{error}{anew}") from None


@contextmanager
def _alone(name: str, folder: Path) -> Iterator[None]:
    """Keep others off the folder: a second rehearsal would take account and state away under the first.

    Raises:
        Failed: Another rehearsal of the stack has the folder.
    """
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder.parent / f"{name}.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = f"another rehearsal of {name} is under way in {folder}; wait for it, or set CAUSEWAY_HOME elsewhere"
            raise Failed(text) from None
        yield


def _rehearse(name: str, folder: Path, options: Options) -> Report:
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
    return report


def play(scene: Scene, options: Options, report: Report, court: Court | None = None) -> None:
    """Play what the options ask for, until something goes wrong, and prove the end.

    With a court, what stands after each `up` is put before it.
    """
    begins = options.verb not in {"refresh", "destroy"}
    went_well = not begins or _collect(scene.raise_ground(), report)
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
            shutil.copyfile(paths.stack_file(one), config)
            dial.turn(config, turned, options.dial if one == name else dial.DEFAULT)
            protected = dial.free(turned if one == name else config, freed)
            init_elsewhere(one, {**os.environ, **env}, folder / "empty")
            workspace = SealedWorkspace(work_dir=str(paths.project()), env_vars=env)
            opened = automation.Stack.select(one, workspace)
            return Scene(opened, standins, config, turned, freed if protected else None, ground)

        yield scene(name, *[scene(one) for one in below(name)])
