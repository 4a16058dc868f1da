"""The words of the command line."""

from pathlib import Path
from typing import Annotated

import typer

from console import failures

Stack = Annotated[str, typer.Argument(help="The stack: a name from stacks/Pulumi.<stack>.yaml.")]
Rehearse = Annotated[bool, typer.Option("--rehearse", help="Ask stand-in clouds: no account, nothing real.")]
Dials = Annotated[
    list[str] | None, typer.Option("--set", help="Turn a dial on a copy of the stack file: path=value.")
]
Base = Annotated[str, typer.Option(help="Rehearse the change since this git revision.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def command(
    stack: Stack = "local",
    *,
    rehearse: Rehearse = False,
    settings: Dials = None,
    base: Base = "",
    markdown: Annotated[Path | None, typer.Option(help="Write the plan for a pull request here.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write one self-contained page here.")] = None,
    sarif: Annotated[Path | None, typer.Option(help="Write the verdicts as SARIF 2.1.0 here.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write the verdicts as JUnit XML here.")] = None,
    as_json: Json = False,
) -> None:
    """Say what `up` would change, what it costs, what the policies find, and which machines it needs."""
    with failures.boundary(as_json=as_json):
        from console.plan.command import (
            Ask,
            Files,
            run,
        )  # the judges and rich pages load when they are needed

        ask = Ask(rehearse, tuple(settings or ()), base)
        run(stack, ask, Files(markdown, html, sarif, junit), as_json=as_json)
