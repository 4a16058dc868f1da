"""From a mixed pool to node pools: clouds take one source a node pool, so each share becomes one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from infra.capacity.kinds import Base, Capacity, Mixed, Static


@dataclass(frozen=True)
class Part:
    """What a pool, or one share of a mixed one, comes to."""

    ending: str
    """What the name of its node pool ends in: the kind, with a number from the second of that kind on; empty for all
    of a pool."""
    capacity: Base | Static
    """Where its machines come from."""
    nodes: int
    """How many machines."""
    min_nodes: int
    """The fewest machines."""
    max_nodes: int
    """The most machines."""


def shared_out(capacity: Capacity, nodes: int, min_nodes: int, max_nodes: int) -> tuple[Part, ...]:
    """Share out a pool, which is one part where it is not mixed.

    Shares fill up in the order in which they are written: the fewest machines are the first share's as far as it
    goes, then the next one's. A share has at most the machines that it names; the last one takes what the pool may
    have above them.

    Args:
        capacity: Where the pool's machines come from.
        nodes: How many it has.
        min_nodes: The fewest that it has.
        max_nodes: The most that it has.
    """
    if not isinstance(capacity, Mixed):
        return (Part("", capacity, nodes, min_nodes, max_nodes),)
    return tuple(_parts(capacity, min_nodes, max_nodes))


def _parts(mixed: Mixed, min_nodes: int, max_nodes: int) -> Iterator[Part]:
    seen: Counter[str] = Counter()
    left, above = min_nodes, max(0, max_nodes - sum(share.nodes for share in mixed.shares))
    for at, share in enumerate(mixed.shares, 1):
        kind = share.capacity.kind
        seen[kind] += 1
        least = min(left, share.nodes)
        left -= least
        most = share.nodes + (above if at == len(mixed.shares) else 0)
        # the first of a kind keeps its name when another one joins it
        ending = kind if seen[kind] == 1 else f"{kind}-{seen[kind]}"
        yield Part(ending, share.capacity, share.nodes, least, most)
