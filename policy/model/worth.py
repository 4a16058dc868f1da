"""What each pool of a stack costs an hour, and what useful work costs in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from infra.catalog.cost.line import HOURS_PER_MONTH, Line, Priced, Undecided, Unpriced
from infra.catalog.cost.useful import Rates, Worth, worth
from infra.catalog.values import Value
from policy.model import catalogued
from policy.model.facts import Facts
from policy.model.resource import Resource

_POOL = "causeway/pool"
_LABELS = {
    "aws:eks/nodeGroup:NodeGroup": "labels",
    "gcp:container/nodePool:NodePool": "nodeConfig.labels",
    "azure-native:containerservice:AgentPool": "nodeLabels",
    "kubernetes:karpenter.sh/v1:NodePool": "spec.template.metadata.labels",
    "kubernetes:nfd.k8s-sigs.io/v1alpha1:NodeFeatureRule": "spec.rules[0].labels",
}
"""Where a pool's resource keeps the labels of its nodes."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one pool of the settings costs, whatever resources it is made of."""

    pool: str
    worth: Worth | str
    """The price of its work as declared; a text says why there is none."""
    idle: float
    """USD a month with as few machines as it may have."""
    accelerators: float
    """How many it has as declared."""
    accelerated: bool = False
    """Its machines have accelerators, however many of them it has now."""


def costs(facts: Facts) -> Mapping[str, Cost]:
    """Give the pools of a complete stack by name."""
    found: dict[str, list[Resource]] = {}
    for resource in facts.graph.of(*_LABELS):
        name = pool(resource)
        if isinstance(name, str):
            found.setdefault(name, []).append(resource)
    rates = facts.environment.budget.terms.rates if facts.environment else {}
    return {name: _cost(name, parts, rates.get(name, Rates()), facts) for name, parts in found.items()}


def pool(resource: Resource) -> Value:
    """Give the name that the settings have for the pool of a resource; None when it is no pool."""
    return resource.get(f"{_LABELS[resource.type]}.{_POOL}")


def _cost(name: str, parts: Iterable[Resource], rates: Rates, facts: Facts) -> Cost:
    lines = [line for part in parts for line in facts.ledger.lines.get(part.urn, ())]
    priced = [line for line in lines if isinstance(line, Priced)]
    hour = sum(line.monthly.expected for line in priced) / HOURS_PER_MONTH
    accelerators = sum(line.quantity.expected / HOURS_PER_MONTH * _each(line.item) for line in priced)
    missing = next(_gaps(lines), "")
    idle = sum(line.monthly.low for line in priced)
    answer = missing or ("it has no machine as declared" if not hour else worth(hour, accelerators, rates))
    return Cost(name, answer, idle, accelerators, any(_each(line.item) for line in lines if _bought(line)))


def _gaps(lines: Iterable[Line]) -> Iterator[str]:
    """Say what of the machines has no price; disks beside them are little, and never hide the rest."""
    for line in lines:
        if isinstance(line, Unpriced) and catalogued.machine(line.item.partition(", ")[0]):
            yield f"{line.item} has no price: {line.reason}"
        elif isinstance(line, Undecided):
            yield f"{line.item} hangs on {line.path}, which is not known yet"


def _bought(line: Line) -> TypeGuard[Priced | Unpriced]:
    return isinstance(line, Priced | Unpriced)


def _each(item: str) -> int:
    return catalogued.accelerators(item.partition(", ")[0])
