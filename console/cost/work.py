"""What a bill buys: the price of useful work, of idling, of links and of rings over zones."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from console.plan.ledger import Stock
from console.plan.parts import Parts
from console.plan.recording import Recording, Step, steps
from infra.catalog.cost import crossing, egress, own
from infra.catalog.cost.crossing import Crossing
from infra.catalog.cost.egress import Egress
from infra.catalog.cost.line import Free, Priced
from policy.model import money, places, pools, worth
from policy.model.facts import Facts
from policy.model.money import Stray
from policy.model.resource import Resource
from policy.model.worth import Cost
from workloads.pretrain.shape import shape_of
from workloads.pretrain.spec import PretrainSpec

_PORTS = (
    "aws:directconnect/connection:Connection",
    "aws:directconnect/connectionConfirmation:ConnectionConfirmation",
    "gcp:compute/interconnect:Interconnect",
    "azure-native:network:ExpressRoutePort",
)
_ZONES = {
    "aws:eks/nodeGroup:NodeGroup": "subnetIds",
    "gcp:container/nodePool:NodePool": "nodeLocations",
    "azure-native:containerservice:AgentPool": "availabilityZones",
}
_GRADIENT_BYTES = 4  # gradients are summed in float32


@dataclass(frozen=True)
class Link:
    """A dedicated interconnect against the internet."""

    name: str
    """The component."""
    ways: Egress | str
    """Both ways; a text says which price nobody published."""
    without: tuple[str, ...]
    """Parts of it that have no price, so that its fixed price is a floor."""


@dataclass(frozen=True)
class Ring:
    """A pool that trains over several zones."""

    pool: str
    zones: int
    model: str
    step: Crossing | str


@dataclass(frozen=True)
class Work:
    """What a bill buys."""

    pools: tuple[Cost, ...] = ()
    """Pools with accelerators, in order of their names."""
    links: tuple[Link, ...] = ()
    rings: tuple[Ring, ...] = ()
    machines: Mapping[str, own.Hour] | None = None
    """What an hour of each own machine is made of; None: no price list is stated."""
    free: Mapping[str, tuple[str, ...]] | None = None
    """What costs nothing, by the reason."""
    aside: Mapping[str, float] | None = None
    """What is held back from the cap for items without a price, in USD a month."""
    strays: tuple[Stray, ...] = ()
    """What is held back for nothing."""

    @property
    def idle(self) -> tuple[Cost, ...]:
        """The pools that cost something even when nobody uses them."""
        return tuple(pool for pool in self.pools if pool.idle > 0)


def of(recording: Recording) -> Work:
    """Read what a preview's bill buys."""
    every, config = steps(recording), recording.config
    stock = Stock((step.new for step in every if step.new), config)
    facts = Facts(environment=stock.environment, graph=stock.graph, ledger=stock.ledger)
    found, strays = worth.costs(facts), money.strays(facts)
    return Work(
        pools=tuple(cost for _, cost in sorted(found.items()) if cost.accelerated),
        links=tuple(_links(every, stock, facts)),
        rings=tuple(_rings(stock, config, facts)),
        machines=_machines(facts),
        free=_free(stock),
        aside={
            item: usd for item, usd in money.aside(facts).items() if item not in {one.item for one in strays}
        },
        strays=strays,
    )


def _links(every: Sequence[Step], stock: Stock, facts: Facts) -> Iterator[Link]:
    """Compare each component with a port in it, all that it costs before it carries anything."""
    parts = Parts(every)
    ports: dict[str, Resource] = {}
    for port in stock.graph.of(*_PORTS):
        ports.setdefault(parts.name(port.urn), port)
    for name, port in ports.items():
        inside = [urn for urn in stock.ledger.lines if parts.name(urn) == name]
        fixed = sum(stock.ledger.monthly_of(urn).expected for urn in inside)
        missing = {line.item: urn for urn, line in stock.ledger.unpriced() if urn in inside}
        blind = next((item for item, urn in missing.items() if stock.graph.by_urn[urn].type in _PORTS), None)
        home = facts.environment.region if facts.environment else ""
        region = home or money.price_region(port, facts)
        ways = f"{blind} has no price" if blind else egress.compare(places.platform(port), region, fixed)
        yield Link(name, ways, tuple(sorted(missing)))


def _rings(stock: Stock, config: Mapping[str, str], facts: Facts) -> Iterator[Ring]:
    """Price the all-reduce of training pools that stand in several zones."""
    training = json.loads(config.get("causeway:training") or "{}")
    stated = json.loads(config.get("causeway:cluster") or "{}").get("pools", {})
    trains = {name for name, pool in stated.items() if pool.get("purpose") == "training"}
    if not training:
        return
    spec = PretrainSpec.parse(training.get("options", {}))
    gradients = shape_of(spec, spec.vocab_size).parameters * _GRADIENT_BYTES
    for resource in stock.graph.of(*_ZONES):
        name, zones = worth.pool(resource), list(resource.find(f"{_ZONES[resource.type]}[*]"))
        if name in trains and len(zones) > 1:
            workers = round(worth.costs(facts)[str(name)].accelerators)
            bought, region = pools.pool(resource).platform, money.price_region(resource, facts)
            found = crossing.step(bought, region, len(zones), workers, gradients)
            yield Ring(str(name), len(zones), spec.model, found)


def _machines(facts: Facts) -> Mapping[str, own.Hour] | None:
    stated = facts.environment.budget.own if facts.environment else None
    if stated is None:
        return None
    hours = {name: own.hour(name, stated) for name in stated.machines}
    return {name: hour for name, hour in hours.items() if isinstance(hour, own.Hour)}


def _free(stock: Stock) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for lines in stock.ledger.lines.values():
        for line in lines:
            if isinstance(line, Free):
                found.setdefault(line.reason, []).append(line.item)
            elif isinstance(line, Priced):
                assert line.unit_usd > 0, f"{line.item} has a price of 0"
    return {reason: tuple(items) for reason, items in found.items()}
