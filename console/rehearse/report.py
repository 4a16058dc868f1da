"""What a rehearsal shows: a table of phases for people, one JSON document for machines."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.markup import escape
from rich.table import Table

from console import say
from console.judge.court import Verdict
from console.rehearse.phases import Phase
from console.rehearse.proof import Inventory

OPERATIONS = ("create", "update", "replace", "delete", "same")


@dataclass
class Report:
    """Everything that one rehearsal found."""

    stack: str
    account: str
    """Folder of the account."""
    phases: list[Phase] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    """Proofs that failed."""
    inventory: Inventory | None = None
    """The account beside the state at the end."""
    exported: str = ""
    """File of the export."""
    leaked: int = 0
    """Secrets in plain text in the export."""
    verdicts: list[Verdict] = field(default_factory=list)
    """What a judge said, one after each `up`."""

    @property
    def ok(self) -> bool:
        """Whether all went as it had to."""
        judged = not any(verdict.complaints for verdict in self.verdicts)
        return not self.mistakes and judged and all(phase.ok for phase in self.phases)

    def document(self) -> Mapping[str, Any]:
        """The report for machines."""
        return {
            "ok": self.ok,
            "rehearsal": True,
            **asdict(self),
            "phases": [{**asdict(phase), "ok": phase.ok, "changed": phase.changed} for phase in self.phases],
        }

    def show(self) -> None:
        """Print the report for people."""
        say.out.print(_table(self.phases))
        for phase in self.phases:
            for error in phase.errors:
                say.out.print(f"[red]{escape(phase.name)}[/]: {escape(error)}")
            if phase.wanted and phase.wanted not in phase.errors:
                say.out.print(f"[red]{escape(phase.name)}[/]: {escape(phase.wanted)}")
        for mistake in self.mistakes:
            say.out.print(f"[red]✗[/] {escape(mistake)}")
        for verdict in self.verdicts:
            _tell(verdict)
        for what, why in self.verdicts[-1].unjudged.items() if self.verdicts else ():
            say.out.print(f"[yellow]·[/] {escape(what)} not judged: {escape(why)}")
        if self.inventory:
            found = self.inventory
            say.out.print(
                f"account {found.account}, state {found.state}, "
                f"orphaned {len(found.orphans)}, missing {len(found.ghosts)}"
            )
        if self.exported:
            say.out.print(f"export  {escape(self.exported)}: {self.leaked} secrets in plain text")
        say.out.print("[bold green]as it has to be[/]" if self.ok else "[bold red]not as it has to be[/]")


def _tell(verdict: Verdict) -> None:
    for complaint in verdict.complaints:
        say.out.print(f"[red]✗[/] {escape(complaint.text)}\n  {escape(complaint.urn)}")
    many = len(verdict.complaints)
    say.out.print(
        f"{verdict.judge}: {verdict.heard} objects, values of {verdict.charts} charts, {many} complaints"
    )


def _table(phases: Sequence[Phase]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("")
    table.add_column("phase", overflow="fold")
    for name in ("seconds", *OPERATIONS):
        table.add_column(name, justify="right")
    for phase in phases:
        mark = "[green]✓[/]" if phase.ok else "[red]✗[/]"
        counts = [str(phase.operations.get(name, 0) or "·") for name in OPERATIONS]
        table.add_row(mark, escape(phase.name), f"{phase.seconds:.1f}", *counts)
    return table
