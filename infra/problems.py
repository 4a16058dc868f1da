"""One mistake of a user, and the error that carries all of them at once."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One mistake: where it stands, what was given, what is allowed, and how to mend it."""

    where: str
    """A path such as `stores.artifacts.encryption`, with file and line when they are known."""
    text: str
    """What is wrong, in one sentence, with the given value."""
    allowed: str = ""
    """What would be right. Empty where the sentence says it."""
    suggestion: str = ""
    """The nearest right name. Empty where none is near."""

    def __str__(self) -> str:
        """Give the one line that a user reads."""
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        suggestion = f"; did you mean {self.suggestion!r}?" if self.suggestion else ""
        return f"{self.where}: {self.text}{allowed}{suggestion}"


class ProblemsError(ValueError):
    """Several mistakes found together; nothing was done."""

    def __init__(self, title: str, problems: Sequence[Problem]) -> None:
        self.title = title
        self.problems = tuple(problems)
        super().__init__("\n".join([f"{title}:", *(f"  {problem}" for problem in problems)]))


def nearest(given: str, names: Iterable[str]) -> str:
    """Give the name closest to a misspelt one, or the empty string when none is close."""
    folded = {name.casefold().replace("-", "_"): name for name in names}
    close = difflib.get_close_matches(given.casefold().replace("-", "_"), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else ""
