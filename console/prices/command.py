"""The command: ask the lists, compare with the table, refuse what can't be right, write the rest."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer
import yaml

from console import say
from console.exits import Exit
from console.failures import Failed
from console.prices import aws, azure, gcp, page, table
from console.prices.judge import Change, judged
from console.prices.quote import Gap, Quote
from console.prices.web import FeedError, UnreachableError, Web
from console.prices.where import chosen
from infra.catalog import feeds
from infra.catalog.feeds import Address

Reader = Callable[[Web, Address, Sequence[str]], Iterator[Quote | Gap]]

_READERS: Mapping[str, Reader] = {"aws": aws.quotes, "gcp": gcp.quotes, "azure": azure.quotes}


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    platform: str = ""
    """One cloud; empty: all."""
    regions: tuple[str, ...] = ()
    """Regions; none: those of the project's stacks."""
    accept: frozenset[str] = frozenset()
    """SKUs whose price is taken whatever it is."""
    addresses: Path | None = None
    """Where the lists are; None: at the clouds."""


@dataclass(frozen=True)
class Outcome:
    """What a refresh came to."""

    today: dt.date
    asked: Mapping[str, Sequence[str]]
    """Regions by cloud."""
    changes: Sequence[Change] = ()
    gaps: Sequence[Gap] = ()
    failed: Mapping[str, FeedError] = field(default_factory=dict)
    """Why a cloud's list gave nothing."""

    @property
    def refused(self) -> Sequence[Change]:
        """List the prices that were not believed."""
        return [change for change in self.changes if change.verdict == "refused"]


def run(asked: Asked, *, dry_run: bool, as_json: bool) -> None:
    """Renew the table and print what changed.

    Args:
        asked: What to renew, and from where.
        dry_run: Whether nothing is written.
        as_json: Whether a machine reads it.

    Raises:
        Failed: An argument is wrong, or no list could be read.
        typer.Exit: After everything is printed and written: a price was refused, or a list failed.
    """
    outcome = refresh(asked, Web())
    sources = {name: address.source for name, address in _addresses(asked.addresses).items()}
    taken = [change.quote for change in outcome.changes if change.verdict != "refused"]
    if taken and not dry_run:
        table.write(table.renewed(taken, sources, outcome.today))
    if as_json:
        say.as_json(page.document(outcome, written=bool(taken) and not dry_run))
    else:
        page.show(outcome, written=bool(taken) and not dry_run)
    if outcome.refused or outcome.failed:
        raise typer.Exit(int(Exit.GENERIC))


def refresh(asked: Asked, web: Web) -> Outcome:
    """Ask the lists and judge their prices; nothing is written.

    Raises:
        Failed: An argument is wrong, or no list could be read at all.
    """
    regions = chosen(asked.platform, asked.regions)
    found: list[Quote | Gap] = []
    failed: dict[str, FeedError] = {}
    addresses = _addresses(asked.addresses)
    for cloud, names in regions.items():
        if cloud not in addresses:
            failed[cloud] = FeedError(f"{asked.addresses} has no address of {cloud}")
            continue
        try:
            with say.people.status(f"reading the price list of {cloud}: {', '.join(names)}"):
                found += list(_READERS[cloud](web, addresses[cloud], names))
        except FeedError as error:
            failed[cloud] = error
    if set(failed) == set(regions):
        raise Failed(_nothing(failed))
    changes = judged((one for one in found if isinstance(one, Quote)), trusted=asked.accept)
    gaps = [one for one in found if isinstance(one, Gap)]
    return Outcome(dt.datetime.now(tz=dt.UTC).date(), regions, changes, gaps, failed)


def _nothing(failed: Mapping[str, FeedError]) -> str:
    lines = "\n".join(f"  {cloud}: {error}" for cloud, error in failed.items())
    offline = any(isinstance(error, UnreachableError) for error in failed.values())
    hint = (
        "This machine may have no way out to them: run the same command where there is one and commit "
        "infra/catalog/data/prices.csv, or give the --addresses of a mirror.\n"
        if offline
        else ""
    )
    return f"no price list could be read:\n{lines}\n{hint}Nothing was changed."


def _addresses(file: Path | None) -> Mapping[str, Address]:
    if file is None:
        return feeds.addresses()
    if file.suffix != ".yaml":
        raise Failed(f"--addresses {file}: a .yaml file is needed", Exit.CONFIGURATION)
    try:
        return feeds.addresses(file)
    except yaml.YAMLError as error:
        raise Failed(f"--addresses {file}: {' '.join(str(error).split())}", Exit.CONFIGURATION) from None
