"""How a network's range is shared out on Google Cloud. Pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.network.ranges import plan


@dataclass(frozen=True)
class Ranges:
    """Ranges of a network."""

    pods: IPv4Network
    """Half of it, for pods."""
    nodes: IPv4Network
    """An eighth, for machines."""
    services: IPv4Network
    """A sixteenth, for Kubernetes services."""
    google: IPv4Network
    """A sixteenth, for services that Google runs for us: Lustre alone needs a /22 (cluster-toolkit gke-a3-ultragpu)."""
    fabric: Mapping[str, IPv4Network]
    """A thirty-second for each pool with a fabric."""


def share(cidr: IPv4Network, fabric_pools: Iterable[str]) -> Ranges:
    """Share out a range. A pool's range depends on its place in the order alone, so new pools come last.

    Raises:
        ProblemsError: There are more pools than ranges, or the range is too small.
    """
    fabric = plan(cidr, (), fabric_pools).fabric
    pods, rest = cidr.subnets()
    nodes, others = next(rest.subnets()).subnets()
    services, google = others.subnets()
    return Ranges(pods, nodes, services, google, fabric)
