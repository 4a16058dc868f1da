"""The plan for a terminal."""

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from console.plan import words
from console.plan.model import Change, Node, Plan, Verdict

_COLOURS = {"create": "green", "update": "yellow", "replace": "magenta", "delete": "red", "import": "cyan"}
_ROWS = 20
"""Rows of a table before the rest becomes a number: the files have them all."""


def show(plan: Plan, console: Console) -> None:
    """Print a plan."""
    console.print(page(plan))


def page(plan: Plan) -> RenderableType:
    """Give the plan as one renderable."""
    parts: list[RenderableType] = [_head(plan)]
    for title, body in (
        ("replaced or deleted", _lost(plan)),
        ("cost of the change", _cost(plan)),
        ("without a price", _gaps(plan)),
        ("policies", _verdicts(plan)),
        ("judged by the update", _waits(plan)),
        ("machines", _needs(plan)),
        ("components", _tree(plan)),
        ("exemptions used", _exemptions(plan)),
    ):
        if body is not None:
            parts += [Text(""), Text(title, style="bold"), body]
    return Group(*parts)


def _head(plan: Plan) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_row(Text(plan.stack, style="bold"), Text(plan.about, style="dim"))
    table.add_row("changes", words.changes(plan))
    table.add_row("cost", Text(f"{words.cost(plan.bill)}; {words.share(plan.bill)}"))
    if words.differs(plan.bill):
        table.add_row("", Text(f"the budget rules judged {words.usd(plan.bill.judged or 0)}", style="red"))
    colour = "red" if plan.stops else "green"
    table.add_row("policies", Text(words.policies(plan), style=colour))
    gaps = f"{len(plan.bill.unpriced)} unpriced, {len(plan.bill.undecided)} not known yet"
    table.add_row("gaps", f"{gaps}, {words.plural(len(plan.bill.uses), 'price')} by use outside the sum")
    return table


def _lost(plan: Plan) -> RenderableType | None:
    if not plan.lost:
        return None
    return Group(
        *(line for change in plan.lost[:_ROWS] for line in _loss(change)),
        *_rest(len(plan.lost)),
    )


def _loss(change: Change) -> Iterable[RenderableType]:
    colour = _COLOURS[change.verb]
    place = f"  [dim]{escape(change.source)}[/]" if change.source else ""
    yield Text.from_markup(
        f"[{colour}]{words.MARKS[change.verb]} {change.verb}[/] {change.kind} {escape(change.name)}{place}"
    )
    yield Text(f"    why      {words.why(change)}")
    if change.dependents:
        yield Text(f"    depends  {words.names(change.dependents)}")
    yield Text(f"    advice   {change.advice}")


def _cost(plan: Plan) -> RenderableType | None:
    rows = plan.bill.changed
    if not rows:
        return None
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title, side in (
        ("resource", "left"),
        ("item", "left"),
        ("quantity", "right"),
        ("unit price", "right"),
    ):
        table.add_column(title, justify="right" if side == "right" else "left", overflow="fold")
    table.add_column("USD a month", justify="right")
    table.add_column("as of")
    for row in rows[:_ROWS]:
        table.add_row(
            escape(row.name),
            f"{escape(row.item)}, {row.region}",
            words.amount(row),
            words.price(row),
            words.signed(row.delta),
            row.as_of,
        )
    return Group(table, *_rest(len(rows)), *(Text(text, style="dim") for text in words.bases(rows)))


def _gaps(plan: Plan) -> RenderableType | None:
    texts = words.gaps((*plan.bill.unpriced, *plan.bill.undecided))
    if not texts and not plan.bill.strays:
        return None
    lines = (Text.from_markup(f"[yellow]UNPRICED[/] {escape(text)}") for text in texts[:_ROWS])
    aside = (Text.from_markup(f"[yellow]SET ASIDE[/] {escape(text)}") for text in plan.bill.strays)
    return Group(*lines, *_rest(len(texts)), *aside)


def _verdicts(plan: Plan) -> RenderableType | None:
    if not plan.verdicts:
        return None
    lines: list[RenderableType] = []
    for rule, found in words.grouped(plan.verdicts)[:_ROWS]:
        stops = any(verdict.mandatory for verdict in found)
        mark, colour = ("✗", "red") if stops else ("!", "yellow")
        lines.append(
            Text.from_markup(
                f"[{colour}]{mark} {rule}[/] [dim]{found[0].severity}[/]  {escape(found[0].says)}"
            )
        )
        lines += [line for verdict in found[:3] for line in _verdict(verdict)]
        if len(found) > 3:
            lines.append(Text(f"    and {len(found) - 3} more", style="dim"))
        lines.append(Text(f"    why   {found[0].why}", style="dim"))
    return Group(*lines, *_rest(len(words.grouped(plan.verdicts))))


def _verdict(verdict: Verdict) -> Iterable[RenderableType]:
    unverified = "unverified: " if verdict.unverified else ""
    yield Text(f"    what  {verdict.name}: {unverified}{verdict.what}  ({verdict.source})")
    if verdict.fix:
        yield Text(f"    fix   {verdict.fix}")
    if verdict.exemption:
        yield Text(f"    exempt {verdict.exemption}")


def _waits(plan: Plan) -> RenderableType | None:
    return Group(*map(Text, words.waits(plan))) if plan.waiting else None


def _needs(plan: Plan) -> RenderableType | None:
    if not plan.needs:
        return None
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("region")
    table.add_column("machine", overflow="fold")
    for title in ("nodes", "accelerators", "vCPUs", "accelerator-hours a month", "quota"):
        table.add_column(title, justify="right")
    for need in plan.needs:
        vcpus = words.count(need.vcpus.expected) if need.vcpus else ""
        hours = words.count(need.hours) if need.hours else ""
        machine = f"{need.machine}, {need.capacity}"
        table.add_row(
            need.region, machine, words.nodes(need), words.accelerators(need), vcpus, hours, words.quota(need)
        )
    return table


def _tree(plan: Plan) -> RenderableType:
    tree = Tree(Text(plan.stack), guide_style="dim")
    for node in plan.components[:_ROWS]:
        branch = tree.add(Text.from_markup(_label(node)))
        changed = [leaf for leaf in node.leaves if leaf.verb in _COLOURS]
        for leaf in changed[:_ROWS]:
            what = f"{words.MARKS[leaf.verb]}[/] {leaf.kind} {escape(leaf.name)}"
            branch.add(Text.from_markup(f"[{_COLOURS[leaf.verb]}]{what}"))
        for rest in _rest(len(changed)):
            branch.add(rest)
    for rest in _rest(len(plan.components)):
        tree.add(rest)
    return tree


def _label(node: Node) -> str:
    needs = f"  [dim]needs {escape(words.names(node.needs))}[/]" if node.needs else ""
    cost = f"  {words.usd(node.monthly)} USD a month" if node.monthly else ""
    same = sum(number for verb, number in node.counts.items() if verb not in _COLOURS)
    rest = f"  [dim]{same} unchanged[/]" if same else ""
    return f"{node.kind} [bold]{escape(node.name)}[/]{cost}{rest}{needs}"


def _exemptions(plan: Plan) -> RenderableType | None:
    if not plan.exemptions:
        return None
    return Group(
        *(Text(f"{text}: used {words.plural(times, 'time')}") for text, times in plan.exemptions.items())
    )


def _rest(number: int) -> list[RenderableType]:
    return [Text(f"and {number - _ROWS} more", style="dim")] if number > _ROWS else []
