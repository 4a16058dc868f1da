"""The kinds of capacity, and the reader of what a stack file says about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, TypeAlias

from infra.catalog.machines import Machine


@dataclass(frozen=True)
class OnDemand:
    """Machines at list price, if there are any at the moment."""

    kind: ClassVar[str] = "on-demand"


@dataclass(frozen=True)
class Reserved:
    """Machines of a reservation that is paid for already."""

    id: str
    """The EC2 capacity reservation, Compute Engine reservation or Azure capacity reservation group."""
    group: str = ""
    """The placement group that the reservation was made with. Default: it was made without one."""
    kind: ClassVar[str] = "reserved"


@dataclass(frozen=True)
class CapacityBlock:
    """EC2 machines bought for a window of time."""

    id: str
    """The capacity reservation of the block."""
    start: datetime
    """When it opens, with a time zone."""
    end: datetime
    """When its machines are taken back, with a time zone."""
    kind: ClassVar[str] = "capacity-block"

    @property
    def length(self) -> timedelta:
        """How long it is open."""
        return self.end - self.start


@dataclass(frozen=True)
class Spot:
    """Machines that can be taken away at two minutes' notice or less."""

    fallback: OnDemand | Reserved | None = OnDemand()
    """What replaces them when there are none. None: nothing, the pool waits. Default: on demand."""
    kind: ClassVar[str] = "spot"


@dataclass(frozen=True)
class FlexStart:
    """Machines that Google starts when it has all of them, for a run of limited length (Dynamic Workload Scheduler)."""

    max_run: timedelta
    """The longest run."""
    queued: bool = True
    """Whether a queue asks for all nodes at once; otherwise nodes come singly. Default: yes."""
    kind: ClassVar[str] = "flex-start"


@dataclass(frozen=True)
class Static:
    """Machines that are there: on premises, or this one."""

    kind: ClassVar[str] = "static"


Base: TypeAlias = OnDemand | Spot | Reserved | CapacityBlock | FlexStart
"""What a share of a mixed pool can be."""


@dataclass(frozen=True)
class Share:
    """A part of a mixed pool."""

    nodes: int
    """How many nodes; at least 1."""
    capacity: Base
    """Where they come from."""


@dataclass(frozen=True)
class Mixed:
    """A pool whose nodes come from several places; at least two shares."""

    shares: tuple[Share, ...]
    """The parts, the first one filled first."""
    kind: ClassVar[str] = "mixed"


Capacity: TypeAlias = Base | Mixed | Static
"""Where the machines of a pool come from."""


def required(machine: Machine) -> bool:
    """Say whether a pool of this machine must name its capacity: eight accelerators are rarely to be had by chance."""
    return machine.platform not in {"onprem", "local"} and machine.gpus >= 8
