"""The plan as Markdown for a pull request: the answer in at most 60 lines, then folded details, never too long."""

from collections.abc import Callable, Iterable, Sequence

from console.plan import graph, words
from console.plan.model import Plan, Verdict

LIMIT = 60_000
"""Characters of a whole page: GitHub refuses comments above 65,535."""

HEAD_LINES = 60
"""Lines before the first folded detail."""

_LOSSES, _COSTS, _RULES, _MACHINES = 8, 8, 8, 6  # rows above the fold; with titles they stay below HEAD_LINES
_CELL = 200  # characters of one cell or bullet


def marker(stack: str) -> str:
    """Give the hidden line by which a comment is found again and updated in place."""
    return f"<!-- causeway-plan:{stack} -->"


def page(plan: Plan) -> str:
    """Give the whole page; details that do not fit are left out from the end, and the page says so."""
    text = "\n".join([marker(plan.stack), *_head(plan)]) + "\n"
    for title, body in _details(plan):
        room = LIMIT - len(text) - _FRAME
        text += _folded(title, body, room)
    return text


def _head(plan: Plan) -> list[str]:
    bill = plan.bill
    mark = "❌" if plan.stops else "✅"
    lines = [
        f"### {mark} {plan.stack}: {words.cost(bill)}",
        "",
        *([_cut(plan.about), ""] if plan.about else []),
        "| changes | cost a month | policies | unpriced | unverified |",
        "|---|---|---|---|---|",
        _row(
            words.changes(plan),
            f"{words.signed(bill.delta)} USD, {words.share(bill)}",
            words.policies(plan),
            str(len(bill.unpriced) + len(bill.undecided)),
            str(plan.unverified),
        ),
    ]
    if words.differs(bill):
        lines += ["", f"> The budget rules judged {words.usd(bill.judged or 0)} USD a month."]
    lines += [line for text in bill.strays for line in ("", f"> Set aside: {text}")]
    for section in (_lost, _cost, _stops, _needs):
        lines += section(plan)
    return lines


def _lost(plan: Plan) -> list[str]:
    if not plan.lost:
        return []
    rows = [
        _cut(
            f"- **{change.verb}** {change.kind} `{change.name}`{_at(change.source)}: {words.why(change)}"
            + (f"; with it {words.names(change.dependents)}" if change.dependents else "")
        )
        for change in plan.lost[:_LOSSES]
    ]
    return ["", f"**Replaced or deleted: {len(plan.lost)}**", "", *rows, *_rest(len(plan.lost), _LOSSES)]


def _cost(plan: Plan) -> list[str]:
    rows = plan.bill.changed
    if not rows:
        return []
    table = [
        _row(
            f"`{row.name}`",
            f"{row.item}, {row.region}",
            words.amount(row),
            words.price(row),
            words.signed(row.delta),
        )
        for row in rows[:_COSTS]
    ]
    head = ["| resource | item | quantity | unit price | USD a month |", "|---|---|--:|--:|--:|"]
    bases = [line for text in words.bases(rows) for line in ("", f"{text}.")]
    return ["", "**Cost of the change**", "", *head, *table, *_rest(len(rows), _COSTS), *bases]


def _stops(plan: Plan) -> list[str]:
    groups = words.grouped(plan.stops)
    if not groups:
        return []
    rows = []
    for rule, found in groups[:_RULES]:
        first, more = found[0], f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        rows.append(_cut(f"- **{rule}** `{first.name}`{more}: {first.what}. Fix: {first.fix}"))
    return ["", f"**Stopped by {words.plural(len(groups), 'rule')}**", "", *rows, *_rest(len(groups), _RULES)]


def _needs(plan: Plan) -> list[str]:
    needs = [need for need in plan.needs if need.accelerator]
    if not needs:
        return []
    rows = [
        _row(
            need.region,
            f"{need.machine}, {need.capacity}",
            words.nodes(need),
            words.accelerators(need),
            words.count(need.hours),
            words.quota(need),
        )
        for need in needs[:_MACHINES]
    ]
    head = [
        "| region | machine | nodes | accelerators | accelerator-hours a month | quota |",
        "|---|---|--:|--:|--:|---|",
    ]
    return ["", "**Accelerators**", "", *head, *rows, *_rest(len(needs), _MACHINES)]


def _details(plan: Plan) -> Iterable[tuple[str, list[str]]]:
    """Give the folded parts, the most asked for first."""
    sections: tuple[tuple[str, Callable[[Plan], list[str]]], ...] = (
        (f"Policies: {words.policies(plan)}", _verdicts),
        (f"Changes: {words.changes(plan)}", _changes),
        (f"Bill: {words.usd(plan.bill.after.expected)} USD a month", _bill),
        ("Components", _components),
        (f"Exemptions used: {len(plan.exemptions)}", _exemptions),
    )
    for title, body in sections:
        lines = body(plan)
        if lines:
            yield title, lines


def _verdicts(plan: Plan) -> list[str]:
    judged = [line for rule, found in words.grouped(plan.verdicts) for line in _rule(rule, found)]
    return [*judged, *(f"- {text}" for text in words.waits(plan))]


def _rule(rule: str, found: Sequence[Verdict]) -> list[str]:
    first = found[0]
    head = f"- **{rule}** ({first.severity}) {first.says}. {first.why} See {first.docs}"
    lines = [
        f"  - `{verdict.name}` {'unverified: ' if verdict.unverified else ''}{verdict.what}. Fix: {verdict.fix}"
        f"{_at(verdict.source)}{' Exempted ' + verdict.exemption if verdict.exemption else ''}"
        for verdict in found
    ]
    return [head, *lines]


def _changes(plan: Plan) -> list[str]:
    lines = []
    for change in plan.changes:
        lines.append(
            f"- {words.MARKS[change.verb]} {change.verb} {change.kind} `{change.name}`{_at(change.source)}"
        )
        lines += [
            f"  - `{edit.path}`: {_cell(edit.before) or 'not set'} → {_cell(edit.after) or 'not set'}"
            for edit in change.edits
        ]
        if change.advice:
            lines.append(f"  - {change.advice}")
    return lines


def _bill(plan: Plan) -> list[str]:
    head = [
        "| resource | item | quantity | unit price | USD a month | range | as of | source |",
        "|---|---|--:|--:|--:|---|---|---|",
    ]
    rows = [
        _row(
            f"`{row.name}`",
            f"{row.item}, {row.region}",
            words.count(row.quantity[1]),
            words.price(row),
            words.usd(row.after.expected),
            words.reach(row.after),
            row.as_of,
            ", ".join(row.source),
        )
        for row in plan.bill.rows
    ]
    gaps = words.gaps((*plan.bill.unpriced, *plan.bill.undecided))
    uses = sorted(
        {
            f"{use.item} ({use.unit_usd:g} / {use.unit})" if use.unit_usd else use.item
            for use in plan.bill.uses
        }
    )
    tail = ["", f"Paid by use, outside the sum: {', '.join(uses)}."] if uses else []
    open_lines = ["", *(f"- UNPRICED {text}" for text in gaps)] if gaps else []
    return [*(head + rows if rows else []), *open_lines, *tail]


def _components(plan: Plan) -> list[str]:
    return ["```mermaid", *graph.mermaid(plan.components), "```"] if plan.components else []


def _exemptions(plan: Plan) -> list[str]:
    return [f"- {text}: used {words.plural(times, 'time')}" for text, times in plan.exemptions.items()]


_FRAME = 220  # characters that a folded part needs around its lines


def _folded(title: str, body: Sequence[str], room: int) -> str:
    kept, size = [], 0
    for line in body:
        size += len(line) + 1
        if size > room - len(title):
            break
        kept.append(line)
    cut = len(body) - len(kept)
    if cut and kept and kept[0] == "```mermaid":
        return ""  # half a graph is none
    note = [f"… {words.plural(cut, 'line')} more: see the HTML or JSON page."] if cut else []
    if room < len(title) + 80:
        return ""
    return "\n".join(["", f"<details><summary>{title}</summary>", "", *kept, *note, "", "</details>", ""])


def _at(source: str) -> str:
    return f" ({source})" if source else ""


def _rest(number: int, shown: int) -> list[str]:
    return ["", f"… and {number - shown} more below."] if number > shown else []


def _row(*cells: str) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _CELL * 2 else f"{flat[: _CELL * 2 - 1]}…"
