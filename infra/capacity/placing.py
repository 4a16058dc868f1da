"""Rules on where machines stand: placement groups, scale sets, NVLink domains, zones, addresses."""

from infra.capacity.kinds import Capacity, CapacityBlock, FlexStart, Mixed, OnDemand, Reserved, Spot
from infra.capacity.pool import Found, Pool
from infra.catalog import fabric
from infra.catalog.machines import Machine

NEW = "new"
"""A placement group of the pool's own."""


def placement_for(machine: Machine, capacity: Capacity) -> str | None:
    """Decide the placement group of a pool: the reservation's own, or none where the source brings its own.

    A group of its own is right for machines that are bought one by one. Under a reservation that was not made with it,
    it ends in insufficient capacity (terraform-aws-eks #3730).

    Returns:
        `new`, the name of a group, or None.
    """
    if machine.link is None or fabric.placement(machine) in {"none", "one-scale-set"}:
        return None
    if isinstance(capacity, Reserved):
        return capacity.group or None
    alone = isinstance(capacity, OnDemand) or (
        isinstance(capacity, Spot) and not isinstance(capacity.fallback, Reserved)
    )
    flex = isinstance(capacity, FlexStart) and not capacity.queued and machine.flex_compact
    return NEW if alone or flex else None


def group(pool: Pool) -> Found:
    """A reservation or block goes with the group it was made with, or with none (terraform-aws-eks #3730)."""
    if pool.placement is None:
        return
    for part in pool.parts:
        if isinstance(part, CapacityBlock):
            text = f"placement group {pool.placement!r} with capacity block {part.id}, which brings its own placement"
            yield text, "leave the placement group out"
        elif isinstance(part, Reserved) and part.group != pool.placement:
            made = f"made with group {part.group!r}" if part.group else "made without a placement group"
            text = f"placement group {pool.placement!r} with reservation {part.id}, {made}"
            yield text, "take the reservation's group, or none: another one ends in insufficient capacity"


def island(pool: Pool) -> Found:
    """InfiniBand does not cross scale sets, and a scale set has its limit (AKS #2725)."""
    most = fabric.of(pool.machine).island
    if most is not None and pool.most > most:
        text = (
            f"{pool.most} nodes of {pool.machine.name} in one pool, where one scale set joins at most {most}"
        )
        yield text, f"at most {most} nodes a pool; InfiniBand does not cross scale sets"


def domain(pool: Pool) -> Found:
    """Racks of NVLink come whole (cluster-toolkit #4492)."""
    if pool.machine.domain is None or not pool.machine.gpus:
        return
    size = pool.machine.domain // pool.machine.gpus
    if pool.most > size and pool.most % size:
        text = f"{pool.most} nodes of {pool.machine.name}, which come in NVLink domains of {size}"
        yield text, f"up to {size} nodes, or a multiple of {size}"


def zone(pool: Pool) -> Found:
    """A fabric does not leave its zone (ml-with-terraform-and-kubeflow #83, #118)."""
    if pool.zones > 1 and pool.machine.link is not None and fabric.placement(pool.machine) != "none":
        text = f"{pool.zones} zones for {pool.machine.name}, whose fabric does not leave a zone"
        yield text, "one zone a pool; make a pool for each zone"


def compact(pool: Pool) -> Found:
    """Compact placement on GKE excludes blue-green, queues and most flex-start (cluster-toolkit's preconditions)."""
    if pool.placement is None or pool.machine.platform != "gcp":
        return
    if pool.blue_green:
        yield "compact placement with blue-green upgrades", "surge upgrades instead"
    for part in pool.parts:
        if not isinstance(part, FlexStart) or pool.machine.topology is not None:
            continue
        if part.queued:
            yield "compact placement with queued provisioning", "queued: false, or no placement"
        elif not pool.machine.flex_compact:
            yield (
                f"compact placement with flex-start on {pool.machine.name}",
                "only A3 Ultra, A4 and H4D have both",
            )


def apart(pool: Pool) -> Found:
    """Shares are placed apart, each by its own source, so no fabric, NVLink domain or TPU slice goes across them."""
    joins = (pool.machine.link, pool.machine.domain, pool.machine.topology)
    if any(one is not None for one in joins) and isinstance(pool.capacity, Mixed):
        text = f"shares of {pool.machine.name} that are placed apart, so their fabric is not one"
        yield text, "one source for a pool with a fabric; a pool for each source"


def address(pool: Pool) -> Found:
    """EC2 gives no public address to a machine that is launched with several interfaces (Karpenter's documentation)."""
    if pool.public_ip and pool.machine.platform == "aws" and pool.machine.link is not None:
        text = f"public addresses on {pool.machine.name}, launched with more than one interface"
        yield text, "private addresses; EC2 refuses the other"
