"""An exemption: one rule, some resources, a reason, an approver and an end."""

import datetime as dt
import fnmatch
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exemption:
    """A breach that someone answers for, until a day."""

    urn: str
    """A pattern; `*` stands for anything."""
    rule: str
    reason: str
    approver: str
    expires: dt.date
    """The last day on which it holds."""

    def covers(self, rule: str, urn: str) -> bool:
        """Tell whether it is about this rule and this resource."""
        return self.rule == rule and fnmatch.fnmatchcase(urn, self.urn)

    def text(self) -> str:
        """Give it in one line."""
        return f"until {self.expires} by {self.approver}: {self.reason}"
