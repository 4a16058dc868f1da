"""The command: what is asked is looked at, then each stack is played, and one table shows several."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from console import failures, outfile, say
from console.exits import Exit
from console.failures import Failed
from console.judge.court import Judge
from console.rehearse import dial, together
from console.rehearse.scene import Plan
from console.rehearse.stage import Options, rehearse
from infra import paths
from infra.settings import stackfile
from providers.rehearsal import faults


def command(
    stacks: Annotated[
        list[str] | None, typer.Argument(help="Stacks: names from stacks/Pulumi.<stack>.yaml.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every stack that stand-ins can play.")] = False,
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
    """Run stacks through the real engine against stand-in clouds: no account, no network, nothing to pay."""
    options = Options(verb, fault, drift, export, dial, judge, crds, as_json)
    with failures.boundary(as_json=as_json):
        names = rehearsable() if every else stacks or []
        if not names:
            raise Failed(f"name a stack, or --all: {', '.join(rehearsable())}", Exit.CONFIGURATION)
        run(names, options)


def run(names: Sequence[str], options: Options) -> None:
    """Rehearse stacks of this project and print what happened; all of them, even if one fails.

    Raises:
        Failed: There is no such stack, or the options make no sense together; found before anything starts.
        typer.Exit: Something did not go as it has to; the code is the worst of all.
    """
    for name in names:
        _stack_file(name)
    _sensible(options)
    for name in names:
        _rehearsable(name)
    if len(names) > 1:
        if code := together.run(names, options):
            raise typer.Exit(code)
        return
    report = rehearse(names[0], options)
    if options.as_json:
        say.as_json(report.document())
    else:
        report.show()
    if not report.ok:
        raise typer.Exit(int(Exit.RESOURCE))


def rehearsable() -> list[str]:
    """List the stacks that stand-ins can play: all but this machine's own."""
    files = sorted((paths.project() / "stacks").glob("Pulumi.*.yaml"))
    return [file.name.split(".")[1] for file in files if not _here(file)]


def _stack_file(name: str) -> Path:
    folder = paths.project() / "stacks"
    file = folder / f"Pulumi.{name}.yaml"
    if not file.is_file():
        there = sorted(path.name.split(".")[1] for path in folder.glob("Pulumi.*.yaml"))
        raise Failed(f"there is no stack {name!r}; there are: {', '.join(there)}", Exit.NO_STACK)
    return file


def _here(file: Path) -> bool:
    return stackfile.read(file).values.get("platform") == "local"


def _rehearsable(name: str) -> None:
    """This machine's own stack has no stand-in: its provider works for real."""
    if _here(_stack_file(name)):
        raise Failed(
            f"{name} runs on this machine and costs nothing: use `causeway up {name}`, not a rehearsal",
            Exit.CONFIGURATION,
        )


def _sensible(options: Options) -> None:
    if options.fault:
        try:
            faults.parse(options.fault)
        except ValueError as error:
            raise Failed(str(error), Exit.CONFIGURATION) from None
        if options.verb not in {"up", "cycle"}:
            raise Failed(
                f"--fault strikes creations: use it with --verb up or cycle, not {options.verb}",
                Exit.CONFIGURATION,
            )
    if options.drift and options.fault:
        raise Failed("--drift and --fault are two rehearsals: run one, then the other", Exit.CONFIGURATION)
    outfile.look({"--export": options.export})
    if options.crds and not options.crds.is_dir():
        raise Failed(f"--crds: there is no folder {options.crds}", Exit.CONFIGURATION)
