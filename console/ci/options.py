"""The words of the command line."""

from pathlib import Path
from typing import Annotated

import typer

from console import failures

Base = Annotated[str, typer.Option(help="The branch to merge into. Default: $GITHUB_BASE_REF, else main.")]
Out = Annotated[Path, typer.Option(help="The folder of the pages.")]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document: each stack, its pages and its exit code.")
]
OUT = Path(".causeway/ci")

app = typer.Typer(help="Plan every stack that a change touches, as a pull request's checks do.")


@app.callback(invoke_without_command=True)
def plan(
    context: typer.Context,
    *,
    base: Base = "",
    out: Out = OUT,
    stack: Annotated[list[str] | None, typer.Option(help="Only this stack, changed or not.")] = None,
    real: Annotated[
        bool, typer.Option("--real", help="Ask the real cloud and the stack's own state.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Plan every stack that changed since the base, rehearsed: no account, no secret."""
    if context.invoked_subcommand is None:
        with failures.boundary(as_json=as_json):
            from console.ci.command import run  # the judges and the engine load when they are needed

            run(base, out, tuple(stack or ()), real=real, as_json=as_json)


@app.command()
def stacks(
    base: Base = "",
    platform: Annotated[str, typer.Option(help="Only stacks of this platform.")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Errors too; the list always is.")] = False,
) -> None:
    """Print the stacks that a change touches as a JSON list, for a matrix of jobs."""
    with failures.boundary(as_json=as_json):
        from console.ci.command import print_stacks

        print_stacks(base, platform)


@app.command()
def report(
    out: Out = OUT,
    *,
    comment: Annotated[
        bool, typer.Option("--comment", help="Write it to the pull request of $GITHUB_EVENT_PATH.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Join the pages of several jobs into one summary, and exit by their verdicts."""
    with failures.boundary(as_json=as_json):
        from console.ci.command import finish

        finish(out, comment=comment, as_json=as_json)
