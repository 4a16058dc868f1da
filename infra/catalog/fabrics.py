"""The fabrics that join machines, and the transport that NCCL speaks on each."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from infra.catalog.rows import CatalogError, Cited, FrozenMap, Row, read
from infra.problems import nearest


class Transport(StrEnum):
    """What carries collectives between machines."""

    EFA = "efa"
    TCPX = "tcpx"
    TCPXO = "tcpxo"
    ROCE = "roce"
    INFINIBAND = "infiniband"
    ICI = "ici"
    SHARED_MEMORY = "shared-memory"


Attach = Literal["efa", "vpc-per-nic", "rdma-subnets", "rdma-metal", "hca", "none"]
"""How a node gets its fabric devices: EC2 interfaces; one VPC per NIC; one RDMA VPC with a subnet per NIC;
one RDMA VPC without subnets; host channel adapters that are simply there; nothing to attach."""

Placement = Literal["cluster-group", "compact", "nvl72-domain", "one-scale-set", "none"]
"""What keeps machines of a fabric together."""


class Plugin(Row):
    """The device plugin that counts fabric devices for Kubernetes."""

    name: str
    """The name under which `compat.yaml` lists its versions."""
    chart: str
    """Chart or manifest that installs it."""
    pinned: str
    """The version that stacks install: the newest one that the sources describe."""


class Installer(Row):
    """What puts a transport's NCCL plugin on a node."""

    name: str
    """The name under which `compat.yaml` lists its versions."""
    pinned: str
    """The version that stacks install."""


class Daemon(Installer):
    """A process beside a pod's own containers that moves its data between cards and GPUs."""

    image: str
    """Where it is published, without the version."""
    command: tuple[str, ...]
    """The program and its arguments."""
    env: FrozenMap[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    """Its environment."""
    capabilities: tuple[str, ...]
    """Its Linux capabilities."""
    folders: FrozenMap[str, str]
    """Folders of the node that it needs, by where it sees them."""
    devices: tuple[str, ...]
    """Device files of the node that it opens; the GPUs are its pod's."""
    socket: str | None = None
    """The folder that it shares with the pod's own container. None: they share none."""
    ready: str | None = None
    """The file that is there once it works. None: it tells nobody."""


class Fabric(Cited):
    """One fabric, as a platform offers it."""

    name: str
    """The name that machines cite."""
    title: str
    """What it is, in words."""
    transport: Transport
    """What NCCL speaks on it."""
    attach: Attach
    """How nodes get their devices."""
    placement: Placement
    """What keeps its machines together."""
    mtu: int | None = None
    """Bytes of the largest frame on the fabric's networks."""
    resource: str | None = None
    """The extended resource of one fabric device. None: pods ask for no device."""
    plugin: Plugin | None = None
    """Its device plugin. None: the platform brings it."""
    installer: Installer | None = None
    """The installer of its NCCL plugin. None: the workload's image carries it."""
    daemon: Daemon | None = None
    """The sidecar that runs beside the pod's own container; it pairs with the installer."""
    libraries: FrozenMap[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    """Folders of the node that the installer fills and pods read, by where they see them."""
    windows: FrozenMap[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    """Folders of the node with devices of the cards, by where pods see them."""
    imex: bool = False
    """Whether the GPUs of a job share memory across machines, in a domain that the job asks for."""
    device_class: str | None = None
    """The class of fabric devices where Kubernetes hands them out by claims (DRA)."""
    network_profile: str | None = None
    """The ending of the network profile that an RDMA network is made with."""
    profile: str | None = None
    """A script of the installer that the pod sources before it starts."""
    shm: str | None = None
    """The size of /dev/shm that the vendor's test asks for."""
    env: FrozenMap[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    """What a pod must set for NCCL."""
    fork_env: FrozenMap[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    """What a pod sets beside it when its data loaders fork, which huge pages do not bear."""
    forbidden_env: tuple[str, ...] = ()
    """Variables that break it, as prefixes."""
    capabilities: tuple[str, ...] = ()
    """Linux capabilities of the pod."""
    host_network: bool = False
    """Whether the pod uses the node's network."""
    pod_hugepages_mib: int | None = None
    """2 MiB pages that a pod asks for, in MiB, where the host has them."""
    log: str | None = None
    """A regular expression that NCCL's log matches when it really uses the fabric."""
    island: int | None = None
    """The most machines that one placement joins. None: no limit is known."""
    same_subnet: bool = False
    """Whether all peers must sit in one subnet."""


@cache
def _table() -> Mapping[str, Fabric]:
    return MappingProxyType({row.name: row for row in read("fabrics", Fabric)})


def get(name: str) -> Fabric:
    """Give the fabric of that name.

    Raises:
        CatalogError: There is none.
    """
    if name in _table():
        return _table()[name]
    close = nearest(name, _table())
    raise CatalogError(
        f"no fabric {name!r} in the fact table" + (f". Did you mean {close!r}?" if close else "")
    )


def all() -> tuple[Fabric, ...]:  # noqa: A001 - `fabrics.all()` is the plain word
    """List all fabrics."""
    return tuple(_table().values())
