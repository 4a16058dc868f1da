"""Several stacks rehearsed one after the other, and one table of all of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from console import failures, say
from console.exits import Exit
from console.rehearse.report import Report
from console.rehearse.stage import Options, rehearse

PHASES = ("preview", "up", "up again", "up with a dial turned", "refresh", "destroy")
"""Phases with a column of their own."""

_WIDTH = 140  # a pipe has no width of its own, and rich would cut at 80 columns

HEADS = (
    "stack",
    "resources",
    *PHASES[:3],
    "dial turned",
    *PHASES[4:],
    "ground",
    "rest",
    "all",
    "changes",
    "left",
)
"""Seconds stand between `resources` and `changes`; `ground` is what the stack stands on, `rest` what has no column."""


def run(names: Sequence[str], options: Options, play: Callable[[str, Options], Report] = rehearse) -> int:
    """Rehearse stacks, print one table or one document, and give the worst exit code.

    A stack that can't be played is a row with its error, and the others are played all the same. An interrupt ends
    the run, and what was played till then is shown.
    """
    found = list(_each(names, options, play))
    reports = [report for report, _ in found]
    code = max((code for _, code in found), default=Exit.OK)
    if options.as_json:
        stacks = [{**report.document(), "row": row(report)} for report in reports]
        say.as_json({"ok": code == Exit.OK, "stacks": stacks, "exitCode": int(code)})
    else:
        show(reports)
    return int(code)


def _each(
    names: Sequence[str], options: Options, play: Callable[[str, Options], Report]
) -> Iterator[tuple[Report, Exit]]:
    """Play one after the other, since each takes all cores."""
    for name in names:
        try:
            yield _played(name, options, play)
        except KeyboardInterrupt:
            yield Report(name, "", mistakes=["interrupted"]), Exit.CANCELLED
            return


def _played(name: str, options: Options, play: Callable[[str, Options], Report]) -> tuple[Report, Exit]:
    try:
        report = play(name, options)
    except Exception as error:  # noqa: BLE001 - whatever stops one stack must not stop the others
        text, code = failures.told(error)
        report = Report(name, "", mistakes=[text])
    else:
        code = Exit.OK if report.ok else Exit.RESOURCE
    if not options.as_json:
        say.note(f"{name}: {'as it has to be' if report.ok else 'not as it has to be'}")
    return report, code


def row(report: Report) -> Mapping[str, Any]:
    """Give one stack in numbers: resources, seconds by phase, changes at the second up, what is left over.

    What was not played is None.
    """
    own = {phase.name: phase for phase in report.phases if not phase.below}
    below = [phase.seconds for phase in report.phases if phase.below]
    seconds = {name: own[name].seconds if name in own else None for name in PHASES}
    rest = [phase.seconds for name, phase in own.items() if name not in PHASES]
    first, second, left = own.get("up") or own.get("preview"), own.get("up again"), report.inventory
    return {
        "resources": first.operations.get("create", 0) if first else None,
        "seconds": {**seconds, "ground": _sum(below), "rest": _sum(rest)},
        "allSeconds": round(sum(phase.seconds for phase in report.phases), 1),
        "changesAtSecondUp": second.changed if second else None,
        "leftOver": left.account + left.state if left else None,
    }


def _sum(seconds: Sequence[float]) -> float | None:
    return round(sum(seconds), 1) if seconds else None


def show(reports: Sequence[Report]) -> None:
    """Print the table, and below it what did not go as it has to."""
    page = say.out if say.out.is_terminal else Console(highlight=False, emoji=False, width=_WIDTH)
    page.print(_table(reports))
    for report in reports:
        for text in _complaints(report):
            say.out.print(f"[red]{escape(report.stack)}[/]: {escape(text)}")
    bad = [report.stack for report in reports if not report.ok]
    good = f"{len(reports) - len(bad)} of {len(reports)} as it has to be"
    say.out.print(f"[bold red]{good}[/]; not: {', '.join(bad)}" if bad else f"[bold green]{good}[/]")


def _complaints(report: Report) -> list[str]:
    wanted = [f"{phase.name}: {phase.wanted}" for phase in report.phases if phase.wanted]
    judged = [one.text for verdict in report.verdicts for one in verdict.complaints]
    return [*wanted, *report.mistakes, *judged]


def _table(reports: Sequence[Report]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("")
    for name in HEADS:
        table.add_column(name, justify="left" if name == "stack" else "right")
    for report in reports:
        mark = "[green]✓[/]" if report.ok else "[red]✗[/]"
        table.add_row(mark, escape(report.stack), *_cells(row(report)))
    return table


def _cells(found: Mapping[str, Any]) -> list[str]:
    seconds = ["·" if value is None else f"{value:.1f}" for value in found["seconds"].values()]
    counts = [found[name] for name in ("changesAtSecondUp", "leftOver")]
    return [_count(found["resources"]), *seconds, f"{found['allSeconds']:.1f}", *map(_count, counts)]


def _count(number: int | None) -> str:
    return "·" if number is None else str(number)
