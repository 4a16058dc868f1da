"""Running totals: what the resources seen so far cost together, and by team."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from infra.catalog.cost.line import ZERO, Line, Priced, Span, Undecided, Unpriced


@dataclass
class Ledger:
    """Lines by resource. Entering a resource again replaces its lines, so nothing is counted twice."""

    lines: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    """By URN."""
    teams: dict[str, str] = field(default_factory=dict)
    """The team that pays, by URN; the empty string when none is named."""
    _totals: dict[str, Span] = field(default_factory=dict)

    def enter(self, urn: str, lines: Sequence[Line], team: str = "") -> None:
        """Enter what a resource costs."""
        if urn in self.lines:
            self._book(self.teams[urn], self.monthly_of(urn).times(-1.0))
        self.lines[urn], self.teams[urn] = tuple(lines), team
        self._book(team, self.monthly_of(urn))

    def monthly_of(self, urn: str) -> Span:
        """USD a month of one resource, as far as it is priced."""
        total = ZERO
        for line in self.lines.get(urn, ()):
            if isinstance(line, Priced):
                total = total.plus(line.monthly)
        return total

    def total(self) -> Span:
        """USD a month of all, as far as priced."""
        total = ZERO
        for span in self._totals.values():
            total = total.plus(span)
        return total

    def by_team(self) -> Mapping[str, Span]:
        """USD a month by team."""
        return dict(self._totals)

    def unpriced(self) -> Sequence[tuple[str, Unpriced]]:
        """List what has no price, with the URN."""
        return [
            (urn, line) for urn, lines in self.lines.items() for line in lines if isinstance(line, Unpriced)
        ]

    def undecided(self) -> Sequence[tuple[str, Undecided]]:
        """List what can't be priced before a property is known, with the URN."""
        return [
            (urn, line) for urn, lines in self.lines.items() for line in lines if isinstance(line, Undecided)
        ]

    def _book(self, team: str, amount: Span) -> None:
        self._totals[team] = self._totals.get(team, ZERO).plus(amount)
