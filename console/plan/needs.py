"""Which machines a stack runs, where, and what of the cloud's quota they take."""

import json
from collections.abc import Mapping

from console.plan.ledger import Stock
from console.plan.model import Need
from infra.catalog.cost.line import HOURS_PER_MONTH, ZERO, Priced, Span, Unpriced
from infra.catalog.machines import Machine
from policy.model import catalogued, money
from policy.model.facts import Facts

Key = tuple[str, str, str]
"""Region, machine type and capacity type."""


def needs(before: Stock, after: Stock, config: Mapping[str, str]) -> tuple[Need, ...]:
    """List the machines of a stack by region and type, accelerators first."""
    old, new, granted = _machines(before), _machines(after), quotas(config)
    found = [_need(key, old.get(key, ZERO), nodes, granted) for key, nodes in new.items()]
    return tuple(
        sorted(found, key=lambda need: (-need.accelerators.high, need.region, need.machine, need.capacity))
    )


def quotas(config: Mapping[str, str]) -> Mapping[str, int]:
    """Read the accelerators that a stack's settings declare as granted, by name."""
    given = json.loads(config.get("causeway:quotas") or "{}")
    return {str(name): int(count) for name, count in given.items()}


def _need(key: Key, before: Span, nodes: Span, granted: Mapping[str, int]) -> Need:
    region, name, capacity = key
    machine = catalogued.machine(name)
    assert machine, f"{name} was found in the fact table before"
    model = machine.accelerator.model if machine.accelerator else ""
    accelerators = nodes.times(machine.gpus)
    return Need(
        region=region,
        machine=machine.name,
        capacity=capacity,
        accelerator=model,
        nodes=nodes,
        before=before.expected,
        accelerators=accelerators,
        vcpus=nodes.times(machine.vcpus) if machine.vcpus else None,
        hours=accelerators.expected * HOURS_PER_MONTH,
        quota=granted.get(model) if model else None,
    )


def _machines(stock: Stock) -> Mapping[Key, Span]:
    found: dict[Key, Span] = {}
    facts = Facts(environment=stock.environment, graph=stock.graph)
    for resource in stock.resources:
        for line in stock.ledger.lines.get(resource.urn, ()):
            nodes, machine = _nodes(line), _machine(line)
            if nodes is not None and machine is not None:
                capacity = line.item.partition(", ")[2] or "on-demand"
                key = (money.price_region(resource, facts), machine.name, capacity)
                found[key] = found.get(key, ZERO).plus(nodes)
    return found


def _machine(line: object) -> Machine | None:
    return catalogued.machine(line.item.partition(", ")[0]) if isinstance(line, Priced | Unpriced) else None


def _nodes(line: object) -> Span | None:
    if isinstance(line, Priced):
        return line.quantity.times(1 / HOURS_PER_MONTH)
    return line.quantity if isinstance(line, Unpriced) else None
