"""This machine: it is yours, so it has no price here, and the bill says so."""

from collections.abc import Mapping

from infra.catalog.cost.charge import Estimator, Place
from infra.catalog.cost.line import Free, Line
from infra.catalog.values import Value

_REASON = "own machine, no charge: its power and wear are not on this bill"


class _Own:
    def __init__(self, item: str) -> None:
        self.item = item

    def __call__(self, _props: Mapping[str, Value], _place: Place) -> tuple[Line, ...]:
        return (Free(self.item, _REASON),)


ESTIMATORS: Mapping[str, Estimator] = {
    "localhost:index:Bucket": _Own("disk space"),
    "localhost:index:Job": _Own("a run on this machine"),
    "localhost:index:Service": _Own("a process on this machine"),
}
"""By type token."""
