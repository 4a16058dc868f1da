"""From a resource's type and inputs to the lines of its bill."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.catalog.cost import localhost
from infra.catalog.cost.line import Line
from infra.catalog.values import Value


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is paid for."""

    region: Value = ""
    """The provider's region, or UNKNOWN."""


Estimator = Callable[[Mapping[str, Value], Place], tuple[Line, ...]]

ESTIMATORS: Mapping[str, Estimator] = {**localhost.ESTIMATORS}
"""By type token. A type that is not here costs nothing of its own: a label, a rule, a name."""


def estimate(kind: str, props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    """Give the lines of one resource; none for a type that is not charged."""
    estimator = ESTIMATORS.get(kind)
    return estimator(props, place) if estimator else ()
