"""The command: preview each variant from nothing, and set the bills beside each other."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from console import outfile, say
from console.cost import said
from console.cost.bills import Column, Row, column, rows
from console.cost.plot import bars
from console.exits import Exit
from console.failures import Failed
from console.plan import stage, words
from console.plan.model import Bill
from infra.catalog.cost.line import Span

_WIDTH = 140  # a pipe has no width of its own, and rich would fold at 80 columns


def run(stack: str, what_if: Sequence[str], compare: str, plot: Path | None, *, as_json: bool) -> None:
    """Print the bill, or the bills side by side; draw them if asked.

    Args:
        stack: The stack.
        what_if: Variants; each turns dials `path=value`, several joined by `;`.
        compare: Another stack; empty: none.
        plot: An SVG file to draw into.
        as_json: Whether a machine reads it.

    Raises:
        Failed: An argument is wrong; found before any engine starts.
    """
    _check(stack, what_if, compare, plot)
    columns = bills(stack, what_if, compare)
    if plot is not None:
        plot.write_text(bars(columns, f"{stack}: USD for a month of 730 hours"), encoding="utf-8")
    if as_json:
        say.as_json(document(columns))
        return
    page = say.out if say.out.is_terminal else Console(highlight=False, emoji=False, width=_WIDTH)
    if len(columns) == 1:
        _print_one(columns[0], page)
    else:
        _print_all(columns, page)


def _check(stack: str, what_if: Sequence[str], compare: str, plot: Path | None) -> None:
    """Find what is wrong with the arguments while it costs nothing."""
    for name in (stack, compare) if compare else (stack,):
        stage.stack_file(name)
    for part in (part for variant in what_if for part in variant.split(";")):
        path, equals, _ = part.strip().partition("=")
        if not (path and equals):
            example = "cluster.pools.train.nodes=2"
            raise Failed(f"--what-if {part}: write path=value, such as {example}", Exit.CONFIGURATION)
    if plot is not None and plot.suffix != ".svg":
        raise Failed(f"--plot {plot}: the picture is an SVG, name it {plot.stem}.svg", Exit.CONFIGURATION)
    outfile.look({"--plot": plot})


def bills(stack: str, what_if: Sequence[str], compare: str) -> list[Column]:
    """Give the stack's own bill first, then its variants, then the other stack."""
    variants = [[], *([part.strip() for part in variant.split(";")] for variant in what_if)]
    with say.people.status(f"asking stand-in clouds what {stack} has"):
        found = stage.alone(stack, variants)
        columns = [column(title, one, stack) for title, one in zip([stack, *what_if], found, strict=True)]
        if compare:
            columns += [column(compare, one, compare) for one in stage.alone(compare, [[]])]
    return columns


def document(columns: Sequence[Column]) -> dict[str, Any]:
    """Give the bills as plain values."""
    return {"ok": True, "hoursPerMonth": 730, "columns": [_plain(one) for one in columns]}


def _plain(one: Column) -> dict[str, Any]:
    bill = one.bill
    return {
        "title": one.title,
        "monthly": asdict(bill.after),
        "cap": bill.cap,
        "lines": [
            {
                "resource": row.name,
                "component": row.component,
                "item": row.item,
                "region": row.region,
                "quantity": row.quantity[1],
                "unit": row.unit,
                "usd": row.unit_usd,
                "monthly": asdict(row.after),
                "basis": row.basis,
                "source": row.source,
                "asOf": row.as_of,
            }
            for row in bill.rows
        ],
        "unpriced": [asdict(gap) for gap in (*bill.unpriced, *bill.undecided)],
        "byUse": [asdict(use) for use in bill.uses],
        **said.plain(one.work),
    }


def _print_one(column: Column, page: Console) -> None:
    bill = column.bill
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("component", "resource", "item"):
        table.add_column(heading, overflow="fold")
    for heading in ("quantity", "price", "USD a month", "range"):
        table.add_column(heading, justify="right")
    for heading in ("region", "as of", "source"):
        table.add_column(heading, overflow="fold")
    for row in bill.rows:
        cells = (row.component, row.name, row.item, words.count(row.quantity[1]), words.price(row))
        money = (words.usd(row.after.expected), words.reach(row.after))
        table.add_row(
            *(escape(cell) for cell in (*cells, *money, row.region, row.as_of, ", ".join(row.source)))
        )
    if bill.rows:
        page.print(table)
    for text in words.bases(bill.rows):
        page.print(f"[dim]{escape(text)}[/]")
    _gaps(bill, page)
    _work(column, page)
    ends = words.reach(bill.after)
    page.print(
        f"[bold]{words.usd(bill.after.expected)} USD a month[/]{f' ({ends})' if ends else ''}; {words.share(bill)}"
    )


def _gaps(bill: Bill, page: Console) -> None:
    for text in words.gaps(bill.unpriced):
        page.print(f"[yellow]UNPRICED[/] {escape(text)}")
    for text in words.gaps(bill.undecided):
        page.print(f"[yellow]NOT KNOWN YET[/] {escape(text)}")
    uses = dict.fromkeys(
        f"{use.item} ({use.unit_usd:g} / {use.unit})" if use.unit_usd else use.item for use in bill.uses
    )
    if uses:
        page.print(f"[dim]paid by use, outside the sum: {escape(', '.join(uses))}[/]")


def _work(column: Column, page: Console) -> None:
    last = ""
    for heading, line in said.lines(column.work):
        if heading != last:
            page.print(f"[bold]{heading}[/]")
        page.print(f"  {escape(line)}")
        last = heading


def _print_all(columns: Sequence[Column], page: Console) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("component")
    table.add_column("item", overflow="fold")
    for one in columns:
        table.add_column(escape(one.title), justify="right", overflow="fold")
    for row in rows(columns):
        table.add_row(*_cells(row), style="" if row.differs else "dim")
    table.add_section()
    first = columns[0].bill.after.expected
    table.add_row("", "USD a month", *(words.usd(one.bill.after.expected) for one in columns), style="bold")
    table.add_row(
        "", "difference", "", *(words.signed(one.bill.after.expected - first) for one in columns[1:])
    )
    table.add_row("", "at least", *(words.usd(one.bill.after.low) for one in columns))
    table.add_row("", "at most", *(words.usd(one.bill.after.high) for one in columns))
    table.add_row("", "unpriced", *(str(len(one.bill.unpriced) + len(one.bill.undecided)) for one in columns))
    table.add_section()
    for unit, values in said.units([one.work for one in columns]):
        table.add_row("", unit, *("" if value is None else f"{value:,.4f}" for value in values))
    page.print(table)


def _cells(row: Row) -> tuple[str, ...]:
    return escape(row.component), f"{escape(row.item)}, {row.region}", *map(_amount, row.monthly)


def _amount(span: Span) -> str:
    """Give an amount; what stands still as declared and may grow shows how far; what a column lacks shows nothing."""
    return words.usd(span.expected) if span.expected else words.reach(span)
