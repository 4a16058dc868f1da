"""The words of the command line."""

from pathlib import Path
from typing import Annotated

import typer

from console import failures

Stack = Annotated[str, typer.Argument(help="The stack: a name from stacks/Pulumi.<stack>.yaml.")]
WhatIf = Annotated[
    list[str] | None,
    typer.Option(
        "--what-if", help="One variant: path=value, several dials joined by `;`. May be given often."
    ),
]


def command(
    stack: Stack = "local",
    *,
    what_if: WhatIf = None,
    compare: Annotated[str, typer.Option(help="Another stack to set beside it.")] = "",
    plot: Annotated[
        Path | None, typer.Option(help="Draw the sums with their ranges into this SVG file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")] = False,
) -> None:
    """Show the bill of a stack: quantity times price, with region, source and date, and what-ifs side by side."""
    with failures.boundary(as_json=as_json):
        from console.cost.command import run  # the judges and the engine load when they are needed

        run(stack, tuple(what_if or ()), compare, plot, as_json=as_json)
