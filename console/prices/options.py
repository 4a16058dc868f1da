"""The words of the command line."""

from pathlib import Path
from typing import Annotated

import typer

from console import failures


def command(
    *,
    platform: Annotated[str, typer.Option(help="Only this cloud: aws, gcp or azure.")] = "",
    region: Annotated[
        list[str] | None,
        typer.Option(help="A region. May be given often. Default: the regions of this project's stacks."),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(help="A SKU whose price is taken however far it moved. May be given often."),
    ] = None,
    addresses: Annotated[
        Path | None,
        typer.Option(help="Other addresses, such as a mirror's: infra/catalog/data/feeds/addresses.yaml."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")] = False,
) -> None:
    """Renew the price table from the clouds' public price lists; what moved too far is refused and shown."""
    with failures.boundary(as_json=as_json):
        from console.prices.command import Asked, run  # the catalogue loads when it is needed

        run(
            Asked(platform, tuple(region or ()), frozenset(accept or ()), addresses),
            dry_run=dry_run,
            as_json=as_json,
        )
