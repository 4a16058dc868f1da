"""From dials to machines: what a pool of the stack file comes to on its platform."""

from collections.abc import Iterator
from typing import Any

from infra.catalog import machines
from infra.catalog.machines import Machine
from infra.catalog.rows import CatalogError
from infra.problems import Problem
from infra.settings import Pool, Settings


def pool_args(settings: Settings) -> dict[str, dict[str, Any]]:
    """Give every pool as the cluster component takes it, machines and counts resolved."""
    return {name: _args(settings, pool) for name, pool in settings.cluster.pools.items()}


def fabric_pools(settings: Settings) -> dict[str, str]:
    """Give the zone of each pool whose machines join their fabric; empty stands for the network's first zone."""
    found = {}
    for name, pool in settings.cluster.pools.items():
        machine, _ = resolve(settings, pool)
        if pool.purpose == "training" and machine.link is not None:
            found[name] = pool.zone or ""
    return found


def resolve(settings: Settings, pool: Pool) -> tuple[Machine, int]:
    """Give a pool's machine and number of nodes.

    Raises:
        CatalogError: The platform has no such machine or accelerator; the text suggests the nearest.
        ValueError: Neither machine nor accelerator is said.
    """
    if pool.machine:
        machine = machines.get(settings.platform, pool.machine)
        nodes = -(-pool.accelerators // machine.gpus) if pool.accelerators and machine.gpus else 1
    elif pool.accelerator:
        choice = machines.choose(settings.platform, pool.accelerator, pool.accelerators)
        machine, nodes = choice.machine, choice.nodes
    else:
        raise ValueError("names neither a machine nor an accelerator")
    return machine, nodes if pool.nodes is None else pool.nodes


def mistakes(settings: Settings) -> Iterator[Problem]:
    """Give one problem for each pool that comes to no machine."""
    for name, pool in settings.cluster.pools.items():
        try:
            resolve(settings, pool)
        except CatalogError as error:
            field = "machine" if pool.machine else "accelerator"
            yield Problem(f"cluster.pools.{name}.{field}", str(error))
        except ValueError as error:
            yield Problem(f"cluster.pools.{name}", str(error), "machine: …, or accelerator: …")


def _args(settings: Settings, pool: Pool) -> dict[str, Any]:
    machine, nodes = resolve(settings, pool)
    optional = {
        "min_nodes": pool.min_nodes,
        "max_nodes": pool.max_nodes,
        "zone": pool.zone,
        "disk_gib": pool.disk_gib,
        "capacity": pool.capacity,
        "options": pool.options or None,
    }
    return {
        "machine": machine.name,
        "purpose": pool.purpose,
        "nodes": nodes,
        **{name: value for name, value in optional.items() if value is not None},
    }
