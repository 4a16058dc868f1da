"""Rules on where machines come from: does the platform have it, is it sold, do the parts fit together."""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from types import MappingProxyType

from infra.capacity.kinds import CapacityBlock, FlexStart, Mixed, required
from infra.capacity.pool import Found, Pool
from infra.catalog import prices

_WHERE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "on-demand": ("aws", "gcp", "azure"),
        "spot": ("aws", "gcp", "azure"),
        "reserved": ("aws", "gcp", "azure"),
        "capacity-block": ("aws",),
        "flex-start": ("gcp",),
        "static": ("onprem", "local"),
    }
)


def named(pool: Pool) -> Found:
    """Machines of eight accelerators say where they come from (modelplane #113)."""
    if pool.capacity is None and required(pool.machine):
        text = f"{pool.machine.name} has {pool.machine.gpus} accelerators and names no capacity"
        yield text, f"name it: {', '.join(_kinds(pool.machine.platform))}"


def _kinds(platform: str) -> list[str]:
    return [kind for kind, places in _WHERE.items() if platform in places]


def of_platform(pool: Pool) -> Found:
    """A kind of capacity exists on its platforms only."""
    for part in pool.parts:
        if pool.machine.platform not in _WHERE[part.kind]:
            text = f"{part.kind} does not exist on {pool.machine.platform}"
            yield text, f"choose {' or '.join(_kinds(pool.machine.platform))}"


def sold(pool: Pool) -> Found:
    """What has no price cannot be bought."""
    for part in pool.parts:
        if part.kind in pool.machine.not_sold:
            text = f"{pool.machine.name} is not sold {part.kind} ({pool.machine.not_sold[part.kind]})"
            yield text, "another kind of capacity, or another machine"


def rare(pool: Pool) -> Found:
    """Some machines are on the price list and hardly ever there (modelplane #113)."""
    for part in pool.parts:
        if part.kind in pool.machine.rare:
            text = f"{pool.machine.name} is hardly ever free {part.kind} ({pool.machine.rare[part.kind]})"
            yield text, "reserve it or buy a capacity block"


def in_region(pool: Pool) -> Found:
    """A region that no price list names for the machine probably has none (cluster-toolkit #4058)."""
    for part in pool.parts:
        if pool.region is None or part.kind not in {"on-demand", "spot"}:
            continue
        listed = [
            price.region for price in prices.everywhere(pool.machine.platform, pool.machine.name, part.kind)
        ]
        if listed and pool.region not in listed:
            text = f"no source lists {pool.machine.name} {part.kind} in {pool.region}"
            yield text, f"it is listed in {', '.join(sorted(listed))}"


def shares(pool: Pool) -> Found:
    """The shares of a mixed pool make up the pool."""
    if isinstance(pool.capacity, Mixed) and pool.nodes is not None:
        total = sum(share.nodes for share in pool.capacity.shares)
        if total != pool.nodes:
            yield f"shares of {total} nodes in a pool of {pool.nodes}", "make the shares add up"


def alone(pool: Pool) -> Found:
    """GKE's flex-start goes with no other consumption option (cluster-toolkit's preconditions)."""
    if isinstance(pool.capacity, Mixed) and any(isinstance(part, FlexStart) for part in pool.parts):
        yield "flex-start mixed with other capacity in one pool", "a pool of its own for flex-start"


def week(pool: Pool) -> Found:
    """Flex-start runs for seven days at most."""
    for part in pool.parts:
        if isinstance(part, FlexStart) and part.max_run > timedelta(days=7):
            yield f"flex-start for {part.max_run.days} days", "at most 7 days"


def block(pool: Pool) -> Found:
    """EC2 sells blocks by the day up to 14 days, then by the week up to 182 days, of 64 machines at most (botocore)."""
    for part in pool.parts:
        if not isinstance(part, CapacityBlock):
            continue
        days = ceil(part.length / timedelta(days=1))
        if days > 14 and (days % 7 or days > 182):
            yield f"a capacity block of {days} days", "1 to 14 days, or whole weeks up to 182 days"
        if pool.most > 64:
            yield (
                f"{pool.most} nodes in capacity block {part.id}",
                "at most 64 a block; a pool for each block",
            )
