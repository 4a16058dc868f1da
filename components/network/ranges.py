"""IPv4 ranges: which overlap, and how a network's own range is shared out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.reading import Reader
from infra.problems import Problem, ProblemsError

_NOTHING = IPv4Network("0.0.0.0/32")


@dataclass(frozen=True)
class Plan:
    """Subnets of a network."""

    private: Mapping[str, IPv4Network]
    """A quarter of the network for each zone."""
    public: Mapping[str, IPv4Network]
    """A small range for each zone's way out."""
    edge: tuple[IPv4Network, ...]
    """The four ranges that `public` is taken from, for platforms whose ways out need none."""
    fabric: Mapping[str, IPv4Network]
    """One range for each pool with a fabric."""


def network(text: str, where: str, reader: Reader) -> IPv4Network:
    """Read a range; a mistake is noted on the reader."""
    try:
        return IPv4Network(text)
    except ValueError as error:
        reader.refuse(where, f"given {text!r}: {error}", "an IPv4 range such as 10.0.0.0/16")
        return _NOTHING


def overlaps(own: IPv4Network, linked: Mapping[str, Iterable[str]], reader: Reader) -> None:
    """Note every range of a link that overlaps ours or another link's; each message names both."""
    seen: list[tuple[str, IPv4Network]] = [("this network", own)]
    for link, ranges in linked.items():
        for text in ranges:
            other = network(text, f"linked.{link}", reader)
            for name, known in seen:
                if other.overlaps(known):
                    problem = f"{other} behind link {link!r} overlaps {known} of {name}"
                    reader.refuse(f"linked.{link}", problem, "ranges that do not overlap")
            seen.append((f"link {link!r}", other))


def plan(cidr: IPv4Network, zones: Sequence[str], fabric_pools: Iterable[str]) -> Plan:
    """Share out a range: three quarters for zones; the last quarter for ways out and for pools with a fabric.

    A pool's range depends on its place in the order alone, so a pool that is added last moves nothing.

    Raises:
        ProblemsError: There are more zones or pools than ranges, or the range is too small.
    """
    pools = list(fabric_pools)
    if cidr.prefixlen > 20 or len(zones) > 3 or len(pools) > 7:
        given = f"{cidr} for {len(zones)} zones and {len(pools)} pools with a fabric"
        raise ProblemsError(
            "Network can't be built", [Problem("cidr", given, "a /20 or larger, 3 zones, 7 pools")]
        )
    *quarters, rest = cidr.subnets(prefixlen_diff=2)
    first, *blocks = rest.subnets(prefixlen_diff=3)
    edge = tuple(first.subnets(prefixlen_diff=2))
    return Plan(
        private=dict(zip(zones, quarters, strict=False)),
        public=dict(zip(zones, edge, strict=False)),
        edge=edge,
        fabric=dict(zip(pools, blocks, strict=False)),
    )
