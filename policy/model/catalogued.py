"""What the fact table says of a machine, by name alone: rules see names, not platforms."""

from collections.abc import Mapping
from functools import cache

from infra.catalog import layout, machines
from infra.catalog.machines import Machine
from infra.catalog.values import Value


@cache
def _by_name() -> Mapping[str, Machine]:
    return {machine.name.casefold(): machine for machine in machines.all()}


def machine(name: Value) -> Machine | None:
    """Find a machine type; None when the table does not have it or the name is unknown."""
    return _by_name().get(name.casefold()) if isinstance(name, str) else None


def accelerators(name: Value) -> int:
    """Give the number of accelerators of a machine type; 0 when it has none or is not in the table."""
    found = machine(name)
    return found.gpus if found else 0


def fabric_devices(name: Value) -> int:
    """Give the number of fabric devices of a machine type; 0 when it has none or is not in the table."""
    found = machine(name)
    return found.nics if found else 0


def more_interfaces(name: Value) -> int:
    """Give the number of interfaces beside the first that a machine type's fabric needs; 0 when it needs none."""
    found = machine(name)
    return len(layout.interfaces(found)) - 1 if found and found.nics else 0


@cache
def most_accelerators() -> int:
    """Give the most accelerators that any one machine has."""
    return max(found.gpus for found in machines.all())
