"""Machine types of all platforms: what is in them, and how they are found by name or by accelerator."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, model_validator

from infra.catalog.platforms import PLATFORMS, Platform
from infra.catalog.rows import CatalogError, Cited, FrozenMap, Row, read
from infra.problems import nearest

Positive = Annotated[int, Field(gt=0)]


class Accelerators(Row):
    """The GPUs, TPU chips or Neuron devices of one machine."""

    model: str
    """A row of `accelerators.yaml`, for example `h100`."""
    count: Positive
    """How many devices."""
    memory_mib: Positive | None = None
    """Memory of each device in MiB, as the platform reports it. None: see the machine's `unknown`."""
    cores: Positive | None = None
    """Schedulable cores of the whole machine; Neuron only."""


class Cards(Row):
    """The network cards of an EC2 machine."""

    count: Positive
    """Cards, index 0 to count - 1."""
    slots: Positive
    """Interfaces that each card can hold."""
    ips: Positive
    """IPv4 addresses of each interface, its own included."""
    fabric_from: int = 0
    """The first card that can hold an EFA. Default: 0; p6-b300's card 0 is for ENA alone."""


class Link(Row):
    """How a machine is joined to its fabric."""

    fabric: str
    """A row of `fabrics.yaml`, for example `efa`."""
    nics: Positive
    """Fabric devices: what the launch template, the pod request and NCCL must all agree on."""
    gbps: Annotated[float, Field(gt=0)] | None = None
    """Line rate of each device in Gbit/s. None: see the machine's `unknown`."""


class Machine(Cited):
    """One machine type."""

    platform: Platform
    """The platform that has it."""
    name: str
    """The platform's own name, for example `p5.48xlarge`."""
    arch: Literal["amd64", "arm64"]
    """The processor's architecture, in Kubernetes' words."""
    vcpus: Positive | None = None
    """Virtual processors."""
    memory_mib: Positive | None = None
    """Memory in MiB."""
    accelerator: Accelerators | None = None
    """What computes. None: a host without accelerators."""
    network_gbps: Annotated[float, Field(gt=0)] | None = None
    """All network bandwidth in Gbit/s, fabric and front end together."""
    front_gbps: Annotated[float, Field(gt=0)] | None = None
    """The part of it that is not fabric, where the platform names it."""
    cards: Cards | None = None
    """The network cards, on AWS."""
    link: Link | None = None
    """The fabric. None: the machine has none, or (see `unknown`) none that a source describes."""
    nvme_gb: Annotated[int, Field(ge=0)] | None = None
    """Local NVMe in GB; 0 is none."""
    watts: Positive | None = None
    """The most electrical power that it takes, in W; machines of an own site only."""
    local_ssds: Positive | None = None
    """Local disks, where the platform gives a count."""
    pods: Positive | None = None
    """Pods of a node with one plain interface and no prefix delegation, on AWS; elsewhere the platform's limit."""
    hugepages_mib: Positive | None = None
    """2 MiB pages that the host sets aside, in MiB."""
    domain: Positive | None = None
    """Accelerators that share one NVLink domain beyond the machine (72 in an NVL72 rack)."""
    topology: Literal["2d", "3d"] | None = None
    """The shape of a TPU slice."""
    cubes: Positive | None = None
    """The most 4x4x4 cubes of a 3-D TPU slice."""
    labels: FrozenMap[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    """Labels that the platform puts on, or demands of, its nodes."""
    not_sold: FrozenMap[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    """Kinds of capacity that cannot be had, each with the reason."""
    rare: FrozenMap[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    """Kinds of capacity that exist and are hardly ever free, each with the reason."""
    flex_compact: bool = False
    """Whether flex-start and compact placement go together, on Google Cloud. Default: no."""

    @model_validator(mode="after")
    def _gaps_have_reasons(self) -> "Machine":
        always: tuple[str, ...] = ("vcpus", "memory_mib", "network_gbps", "nvme_gb")
        if self.link is not None:
            always += ("hugepages_mib",) if self.link.fabric == "efa" else ()
            always += ("cards",) if self.platform == "aws" else ()
        always += ("watts",) if self.platform == "onprem" else ()
        gaps = [name for name in always if getattr(self, name) is None and name not in self.unknown]
        if (
            self.accelerator
            and not self.accelerator.memory_mib
            and "accelerator.memory_mib" not in self.unknown
        ):
            gaps.append("accelerator.memory_mib")
        if self.link and not self.link.gbps and "link.gbps" not in self.unknown:
            gaps.append("link.gbps")
        if gaps:
            raise ValueError(f"gives neither a value nor a reason for {', '.join(gaps)}")
        return self

    def __hash__(self) -> int:
        return hash((self.platform, self.name))

    @property
    def gpus(self) -> int:
        """How many accelerators; 0 on a plain host."""
        return self.accelerator.count if self.accelerator else 0

    @property
    def nics(self) -> int:
        """How many fabric devices; 0 without a fabric."""
        return self.link.nics if self.link else 0


class Choice(Row):
    """The machine that a neutral dial came to, and why."""

    machine: Machine
    """What was chosen."""
    nodes: Positive
    """How many of them give the accelerators that were asked for."""
    why: str
    """One sentence."""
    others: tuple[str, ...]
    """The names that also fit."""


@cache
def _of(platform: str) -> Mapping[str, Machine]:
    rows = read(f"machines/{platform}", Machine)
    return MappingProxyType({row.name: row for row in rows})


def _platform(platform: str) -> str:
    if platform in PLATFORMS:
        return platform
    hint = nearest(platform, PLATFORMS)
    ending = f" Did you mean {hint!r}?" if hint else ""
    raise CatalogError(f"unknown platform {platform!r}: allowed are {', '.join(PLATFORMS)}.{ending}")


def all(platform: str | None = None) -> tuple[Machine, ...]:  # noqa: A001 - `machines.all()` is the plain word
    """List the machines of one platform, or of all, in the order of the data files."""
    chosen = PLATFORMS if platform is None else (_platform(platform),)
    return tuple(machine for name in chosen for machine in _of(name).values())


def get(platform: str, name: str) -> Machine:
    """Give the machine of that name.

    Raises:
        CatalogError: The platform has no such machine in the table; the text suggests the nearest names.
    """
    table = _of(_platform(platform))
    if name in table:
        return table[name]
    raise CatalogError(f"{platform} has no machine type {name!r} in the fact table.{_hint(platform, name)}")


def _hint(platform: str, name: str) -> str:
    elsewhere = [other for other in PLATFORMS if name in _of(other)]
    if elsewhere:
        return f" It is a machine of {elsewhere[0]}."
    close = nearest(name, _of(platform))
    return f" Did you mean {close!r}?" if close else f" `causeway machines --platform {platform}` lists all."


def choose(platform: str, accelerator: str, gpus: int | None = None) -> Choice:
    """Turn a neutral dial into the platform's machine.

    The fewest machines win, since a job inside one machine needs no fabric; then a fabric when several machines are
    needed; then the fewest accelerators too many; then what is sold in most ways; then, for several machines, the
    faster fabric; then the order of the table.

    Args:
        platform: One of `infra.platforms.PLATFORMS`.
        accelerator: A neutral name such as `h100`.
        gpus: Accelerators in all. Default: those of the largest machine that has them.

    Raises:
        CatalogError: The platform has no such accelerator; the text lists those that it has.
    """
    fitting = [m for m in all(platform) if m.accelerator and m.accelerator.model == accelerator]
    if not fitting:
        raise CatalogError(_no_accelerator(platform, accelerator))
    wanted = gpus or max(m.gpus for m in fitting)
    best = min(fitting, key=lambda m: _cost(m, wanted))
    nodes, bare, spare, *_ = _cost(best, wanted)
    link = f"joined by {best.link.fabric}" if best.link else "without a fabric"
    others = tuple(m.name for m in fitting if m is not best)
    why = f"{nodes} x {best.gpus} {accelerator} {link}" + (f", {spare} too many" if spare else "")
    if others:
        why += "; the fewest machines" + (", then the best fabric" if nodes > 1 and not bare else "")
    return Choice(machine=best, nodes=nodes, why=why, others=others)


def _cost(machine: Machine, wanted: int) -> tuple[int, bool, int, int, float]:
    nodes = -(-wanted // machine.gpus)
    bare = nodes > 1 and machine.link is None
    speed = machine.link.nics * (machine.link.gbps or 0) if machine.link and nodes > 1 else 0
    return nodes, bare, nodes * machine.gpus - wanted, len(machine.not_sold), -speed


def _no_accelerator(platform: str, accelerator: str) -> str:
    names = sorted({m.accelerator.model for m in all(platform) if m.accelerator})
    close = nearest(accelerator, names)
    ending = f" Did you mean {close!r}?" if close else ""
    return f"{platform} has no machine with {accelerator!r}: it has {', '.join(names) or 'none'}.{ending}"
