"""Rules on how nodes come and go: repair, consolidation, upgrades, scaling."""

from infra.capacity.kinds import FlexStart, Static
from infra.capacity.pool import Found, Pool


def repair(pool: Pool) -> Found:
    """Flex-start nodes cannot be replaced one by one (cluster-toolkit's preconditions)."""
    if pool.auto_repair and any(isinstance(part, FlexStart) for part in pool.parts):
        yield "auto-repair with flex-start, whose nodes cannot be replaced one by one", "turn auto-repair off"


def consolidate(pool: Pool) -> Found:
    """A reserved node that is given back may not come again (METR/hawk #93, karpenter #8935)."""
    for part in pool.paid:
        if pool.consolidation:
            text = f"consolidation on a pool of {part.kind} {part.id}, which is paid for anyway"
            yield text, "turn consolidation off: a node given back may not come again"


def surge(pool: Pool) -> Found:
    """There is no spare machine in a reservation (karpenter #8935)."""
    if pool.surge > 0 and pool.paid:
        text = f"{pool.surge} spare nodes in an upgrade of reserved machines, of which there is no spare"
        yield text, "set the surge to 0: a node is ended before its successor starts"


def quota(pool: Pool) -> Found:
    """Upgrades of GPU pools fail for want of quota (AKS #4818, #4425, #2181)."""
    if pool.surge > 0 and pool.machine.gpus >= 8 and not pool.paid:
        text = f"an upgrade of {pool.machine.name} needs quota and stock for {pool.surge} more nodes"
        yield text, "set the surge to 0 and unavailable nodes to 1"


def standing(pool: Pool) -> Found:
    """Flex-start pools scale from nothing (cluster-toolkit's preconditions)."""
    for part in pool.parts:
        if isinstance(part, FlexStart) and (pool.nodes or pool.min_nodes):
            yield (
                f"flex-start with {pool.nodes or pool.min_nodes} standing nodes",
                "min_nodes 0 and a max_nodes",
            )


def bounds(pool: Pool) -> Found:
    """The fewest nodes are no more than the most."""
    if pool.min_nodes is not None and pool.max_nodes is not None and pool.min_nodes > pool.max_nodes:
        yield (
            f"at least {pool.min_nodes} and at most {pool.max_nodes} nodes",
            "min_nodes no greater than max_nodes",
        )


def fixed(pool: Pool) -> Found:
    """Machines that are there do not scale."""
    fewest = pool.min_nodes if pool.min_nodes is not None else pool.nodes
    if any(isinstance(part, Static) for part in pool.parts) and pool.max_nodes not in {None, fewest}:
        yield "scaling on machines that are simply there", "nodes instead of min_nodes and max_nodes"
