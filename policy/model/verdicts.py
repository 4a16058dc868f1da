"""What a judge can say about a resource. There is no fifth answer, and no way to say nothing."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pass:
    """The resource keeps the rule."""


@dataclass(frozen=True, slots=True)
class Fail:
    """The resource breaks the rule."""

    what: str
    """The property and its value, for example `encryption is "none"`."""
    fix: str
    """The exact property and a value that keeps the rule."""
    because: str = ""
    """What makes it wrong here, when the rule's own reason does not say it all: the data class, the cap."""


@dataclass(frozen=True, slots=True)
class Unverified:
    """The resource may break the rule: something that decides it is not known."""

    what: str
    """What is not known and why it matters."""
    path: str = ""
    """The property that is not known."""
    fix: str = ""
    """What makes it known, when that is not a property's value."""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The rule says nothing about this resource."""

    reason: str


Verdict = Pass | Fail | Unverified | NotApplicable

PASS = Pass()


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Join the verdicts on the parts of one resource: a failure beats an unknown, an unknown beats a pass.

    Failures are joined into one, so that a resource gets one finding a rule however often it breaks it.
    """
    given = list(verdicts)
    failures = [verdict for verdict in given if isinstance(verdict, Fail)]
    if failures:
        return Fail(
            "; ".join(dict.fromkeys(failure.what for failure in failures)),
            "; ".join(dict.fromkeys(failure.fix for failure in failures)),
            "; ".join(dict.fromkeys(failure.because for failure in failures if failure.because)),
        )
    for kind in (Unverified, Pass, NotApplicable):
        for verdict in given:
            if isinstance(verdict, kind):
                return verdict
    return PASS
