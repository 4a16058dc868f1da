"""The command: record a preview, make the plan, write its pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console

from console import outfile, say
from console.exits import Exit
from console.plan import documents, html, markdown, stage, terminal
from console.plan.make import make
from console.plan.model import Plan

_WIDTH = 120  # a pipe has no width of its own, and rich would fold at 80 columns


@dataclass(frozen=True)
class Ask:
    """What to plan."""

    rehearse: bool = False
    """Ask stand-in clouds and a scratch state."""
    settings: tuple[str, ...] = ()
    """Dials to turn, as `path=value`."""
    base: str = ""
    """The git revision to compare with; rehearsals only."""


@dataclass(frozen=True)
class Files:
    """Where to write pages; None: nowhere."""

    markdown: Path | None = None
    html: Path | None = None
    sarif: Path | None = None
    junit: Path | None = None

    def look(self) -> None:
        """See that they can be written, while it costs nothing.

        Raises:
            Failed: One can't.
        """
        outfile.look({f"--{name}": file for name, file in vars(self).items()})

    def write(self, plan: Plan) -> None:
        """Write those that were asked for."""
        pages: Mapping[Callable[[Plan], str], Path | None] = {
            markdown.page: self.markdown,
            html.page: self.html,
            documents.sarif: self.sarif,
            documents.junit: self.junit,
        }
        for render, file in pages.items():
            if file is not None:
                file.write_text(render(plan), encoding="utf-8")


def run(stack: str, ask: Ask, files: Files, *, as_json: bool) -> None:
    """Plan a stack, print it, write its pages.

    Raises:
        Failed: A page can't be written; found before any engine starts.
        typer.Exit: A mandatory policy stops it; the code is 5.
    """
    files.look()
    if not as_json:
        with say.people.status(f"planning {stack}"):
            plan = planned(stack, ask)
        page = say.out if say.out.is_terminal else Console(highlight=False, emoji=False, width=_WIDTH)
        terminal.show(plan, page)
    else:
        plan = planned(stack, ask)
        say.as_json(documents.document(plan))
    files.write(plan)
    if plan.stops:
        raise typer.Exit(int(Exit.POLICY))


def planned(stack: str, ask: Ask) -> Plan:
    """Give the plan of a stack."""
    rehearse = ask.rehearse or bool(ask.base)
    recording = stage.record(stack, rehearse=rehearse, settings=ask.settings, base=ask.base)
    return make(recording, stack, about=about(ask.settings, ask.base, rehearse=rehearse), rehearsed=rehearse)


def about(settings: Sequence[str], base: str, *, rehearse: bool) -> str:
    """Say what is compared with what."""
    dials = f" with {', '.join(settings)}" if settings else ""
    if base:
        return f"this clone{dials} beside revision {base}, rehearsed"
    if not rehearse:
        return f"the stack file{dials} beside the stack's state"
    return (
        f"the stack file{dials} beside the file as it is, rehearsed"
        if settings
        else "from nothing, rehearsed"
    )
