"""This machine: it is yours, so it has no price here, and the bill says so."""

from collections.abc import Mapping
from typing import Any

from infra.catalog.cost.line import Free, Line
from infra.catalog.values import Value

_REASON = "own machine, no charge: its power and wear are not on this bill"


def _own(item: str) -> Any:
    def lines(_props: Mapping[str, Value], _place: Any) -> tuple[Line, ...]:
        return (Free(item, _REASON),)

    return lines


ESTIMATORS = {
    "localhost:index:Bucket": _own("disk space"),
    "localhost:index:Job": _own("a run on this machine"),
    "localhost:index:Service": _own("a process on this machine"),
}
