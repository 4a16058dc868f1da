"""An own site: a pool's machines stand in the graph as the rule that labels them."""

from collections.abc import Mapping

from infra.catalog.cost import own
from infra.catalog.cost.charge import Estimator, Place
from infra.catalog.cost.line import Line, Span, Undecided
from infra.catalog.values import UNKNOWN, Value, find, get

_MACHINE = "causeway/machine"


def _pool(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    """Price the machines that a rule names: the rule with the pool's labels counts, those of its racks do not."""
    rules = get(props, "spec.rules")
    if rules is UNKNOWN:
        return (Undecided("machines of the pool", "spec.rules"),)
    return tuple(line for rule in rules or () for line in _machines(rule, place))


def _machines(rule: Value, place: Place) -> tuple[Line, ...]:
    labels = get(rule, "labels")
    if labels is UNKNOWN:
        return (Undecided("machines of the pool", "spec.rules"),)
    name = (labels or {}).get(_MACHINE)
    if name is None:
        return ()
    hosts = [found.value for found in find(rule, "matchFeatures[*].matchExpressions.nodename.value[*]")]
    if name is UNKNOWN or UNKNOWN in hosts:
        return (Undecided("machines of the pool", "spec.rules"),)
    return (own.price(str(name), Span.exactly(len(hosts)), place.own),)


ESTIMATORS: Mapping[str, Estimator] = {"kubernetes:nfd.k8s-sigs.io/v1alpha1:NodeFeatureRule": _pool}
"""By type token."""
