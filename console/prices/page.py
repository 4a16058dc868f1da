"""What a refresh came to, as a table for people and as a document for machines."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from console import say
from console.prices.judge import Change
from console.prices.quote import Gap

if TYPE_CHECKING:
    from console.prices.command import Outcome

_WIDTH = 140  # a pipe has no width of its own, and rich would fold at 80 columns
_FEW = 12


def document(outcome: "Outcome", *, written: bool) -> dict[str, Any]:
    """Give the outcome as plain values; prices that stayed as they are only counted."""
    moved = [change for change in outcome.changes if change.verdict != "same"]
    return {
        "ok": not outcome.refused and not outcome.failed,
        "written": written,
        "asOf": outcome.today.isoformat(),
        "regions": {cloud: list(names) for cloud, names in outcome.asked.items()},
        "changes": [_plain(change) for change in moved],
        "same": len(outcome.changes) - len(moved),
        "missing": [asdict(gap) for gap in outcome.gaps],
        "failed": {cloud: str(error) for cloud, error in outcome.failed.items()},
    }


def _plain(change: Change) -> dict[str, Any]:
    quote = change.quote
    return {
        "verdict": change.verdict,
        "platform": quote.platform,
        "sku": quote.sku,
        "region": quote.region,
        "kind": quote.kind,
        "unit": quote.unit,
        "before": change.before.usd if change.before else None,
        "beforeAsOf": change.before.as_of if change.before else None,
        "after": quote.usd,
        "why": change.why,
    }


def show(outcome: "Outcome", *, written: bool) -> None:
    """Print what changed, what was refused, what is missing, and the sum of it."""
    page = say.out if say.out.is_terminal else Console(highlight=False, emoji=False, width=_WIDTH)
    moved = [change for change in outcome.changes if change.verdict in {"moved", "new"}]
    if moved:
        page.print(_table(sorted(moved, key=_size)))
    for change in outcome.refused:
        quote = change.quote
        page.print(
            f"[red]REFUSED[/] {escape(quote.sku)} in {quote.region}, {quote.kind}: the list has {quote.usd:g} USD, "
            f"{escape(change.why)}. If it is right: --accept {escape(repr(quote.sku))}"
        )
    for text in _missing(outcome.gaps):
        page.print(f"[yellow]MISSING[/] {escape(text)}")
    for cloud, error in outcome.failed.items():
        page.print(f"[red]FAILED[/] {cloud}: {escape(str(error))}")
    page.print(_sum(outcome, moved, written=written))


def _table(changes: Iterable[Change]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("cloud", "what", "region", "kind"):
        table.add_column(heading, overflow="fold")
    for heading in ("before", "of", "now", "change"):
        table.add_column(heading, justify="right")
    table.add_column("unit")
    for change in changes:
        quote, before = change.quote, change.before
        ratio = change.ratio
        table.add_row(
            quote.platform, escape(quote.sku), quote.region, quote.kind,
            f"{before.usd:g}" if before else "", before.as_of if before else "", f"{quote.usd:g}",
            f"{(ratio - 1) * 100:+.1f} %" if ratio else "new", quote.unit,
        )  # fmt: skip
    return table


def _size(change: Change) -> tuple[float, str, str]:
    return -abs((change.ratio or 1) - 1), change.quote.sku, change.quote.region


def _missing(gaps: Sequence[Gap]) -> Iterable[str]:
    """Group what is missing by its reason and region, and name a few of each."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for gap in gaps:
        grouped.setdefault((gap.platform, gap.region, gap.reason), []).append(gap.sku)
    for (platform, region, reason), skus in grouped.items():
        more = f" and {len(skus) - _FEW} more" if len(skus) > _FEW else ""
        yield f"{platform} in {region}: {reason}: {', '.join(skus[:_FEW])}{more}"


def _sum(outcome: "Outcome", moved: Sequence[Change], *, written: bool) -> str:
    new = sum(change.verdict == "new" for change in moved)
    same = sum(change.verdict == "same" for change in outcome.changes)
    counts = f"{len(moved) - new} moved, {new} new, {same} as they were, {len(outcome.refused)} refused"
    done = f"written as of {outcome.today}" if written else "nothing was written"
    return f"{counts}; {len(outcome.gaps)} not on the lists; {done}"
