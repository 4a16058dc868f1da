"""From a resource's type and inputs to the lines of its bill."""

from collections.abc import Mapping

from infra.catalog.cost import aws, azure, gcp, karpenter, localhost, site
from infra.catalog.cost.charge import Estimator, Place
from infra.catalog.cost.free import is_free
from infra.catalog.cost.line import Line, Unpriced
from infra.catalog.values import Value

ESTIMATORS: Mapping[str, Estimator] = {
    **aws.ESTIMATORS,
    **gcp.ESTIMATORS,
    **azure.ESTIMATORS,
    **karpenter.ESTIMATORS,
    **site.ESTIMATORS,
    **localhost.ESTIMATORS,
}
"""By type token."""


def estimate(kind: str, props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    """Give the lines of one resource: none when its type has no price of its own, UNPRICED when nobody knows it.

    Args:
        kind: The type token, for example `aws:eks/nodeGroup:NodeGroup`.
        props: Its inputs by wire name; `UNKNOWN` is a value.
        place: Where it is paid for.
    """
    estimator = ESTIMATORS.get(kind)
    if estimator:
        return estimator(props, place)
    if is_free(kind):
        return ()
    return (Unpriced(kind, "no rule prices this type yet"),)
