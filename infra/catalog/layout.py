"""Network interfaces and fabric networks of a machine, in the order in which a node gets them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from infra.catalog import fabrics
from infra.catalog.fabrics import Attach
from infra.catalog.machines import Machine
from infra.catalog.rows import UnknownFactError

Kind = Literal["interface", "efa-only", "gvnic", "rdma", "hca"]
"""`interface` and `efa-only` are EC2's own words; `gvnic` and `rdma` GKE's; `hca` a host channel adapter."""


@dataclass(frozen=True)
class Interface:
    """One network interface of a node."""

    card: int
    """Index of the network card (EC2's NetworkCardIndex); elsewhere the position."""
    device: int
    """Index on the card (EC2's DeviceIndex); 0 elsewhere."""
    kind: Kind
    """What it is."""
    fabric: bool
    """Whether collectives go through it."""
    network: str
    """The network that it belongs to: `primary`, `fabric`, or a name from `networks`."""
    subnet: int = 0
    """Which subnet of that network."""
    mtu: int | None = None
    """Bytes of its largest frame. None: the platform's default."""


@dataclass(frozen=True)
class FabricNetwork:
    """A network that exists for the fabric alone."""

    name: str
    """Its name."""
    kind: Literal["gvnic", "rdma", "rdma-metal", "subnet"]
    """A network of VPCs for ordinary NICs, an RDMA network, one without subnets, or a subnet of the node's VPC."""
    subnets: int
    """How many subnets it has; 0 where the platform forbids them."""
    mtu: int | None
    """Bytes of the largest frame. None: the platform's default."""


def interfaces(machine: Machine, *, fabric: bool = True) -> tuple[Interface, ...]:
    """Give the interfaces of a node, the primary one first.

    Args:
        machine: The machine type.
        fabric: Whether the node joins its fabric. Default: yes, if the machine has one.

    Raises:
        UnknownFactError: The machine has a fabric whose layout no source describes.
    """
    if fabric and "link" in machine.unknown:
        raise UnknownFactError(
            f"{machine.name}: its fabric interfaces are unknown: {machine.unknown['link']}"
        )
    primary = Interface(card=0, device=0, kind="interface", fabric=False, network="primary")
    if not fabric or machine.link is None:
        return (primary,)
    attach = fabrics.get(machine.link.fabric).attach
    return (primary, *_LAYOUTS[attach](machine, machine.link.nics))


def networks(machine: Machine) -> tuple[FabricNetwork, ...]:
    """Give the networks that the machine's fabric needs beside the node's own; none for a fabric of HCAs."""
    if machine.link is None:
        return ()
    fabric = fabrics.get(machine.link.fabric)
    return _NETWORKS[fabric.attach](fabric.mtu, machine.link.nics)


def subnets(machine: Machine) -> int:
    """Count the subnets of the fabric's networks."""
    return sum(network.subnets for network in networks(machine))


def _efa(machine: Machine, nics: int) -> tuple[Interface, ...]:
    # The primary interface carries the node's addresses, so it is plain ENA; each card that can hold an EFA gets one
    # `efa-only`: at device 1 beside the primary on card 0, at device 0 elsewhere (EC2 guide; terraform-aws-eks #3653).
    if machine.cards is None:
        raise UnknownFactError(
            f"{machine.name}: its EFA layout is unknown: {machine.unknown.get('cards', 'no cards')}"
        )
    first = machine.cards.fabric_from
    return tuple(
        Interface(card=card, device=1 if card == 0 else 0, kind="efa-only", fabric=True, network="fabric")
        for card in range(first, first + nics)
    )


def _vpc_per_nic(machine: Machine, nics: int) -> tuple[Interface, ...]:
    mtu = fabrics.get(machine.need("link").fabric).mtu
    return tuple(
        Interface(card=i, device=0, kind="gvnic", fabric=True, network=f"vpc{i}", mtu=mtu)
        for i in range(1, nics + 1)
    )


def _rdma(machine: Machine, nics: int) -> tuple[Interface, ...]:
    mtu = fabrics.get(machine.need("link").fabric).mtu
    second = Interface(card=1, device=0, kind="gvnic", fabric=False, network="gvnic-1", mtu=mtu)
    rails = tuple(
        Interface(card=2 + i, device=0, kind="rdma", fabric=True, network="rdma", subnet=i, mtu=mtu)
        for i in range(nics)
    )
    return (second, *rails)


def _hca(_machine: Machine, nics: int) -> tuple[Interface, ...]:
    return tuple(
        Interface(card=1 + i, device=0, kind="hca", fabric=True, network="infiniband") for i in range(nics)
    )


def _nothing(_machine: Machine, _nics: int) -> tuple[Interface, ...]:
    return ()


_LAYOUTS: Mapping[Attach, Callable[[Machine, int], tuple[Interface, ...]]] = MappingProxyType(
    {
        "efa": _efa,
        "vpc-per-nic": _vpc_per_nic,
        "rdma-subnets": _rdma,
        "rdma-metal": _rdma,
        "hca": _hca,
        "none": _nothing,
    }
)


def _of_vpcs(mtu: int | None, nics: int) -> tuple[FabricNetwork, ...]:
    return tuple(FabricNetwork(f"vpc{i}", "gvnic", 1, mtu) for i in range(1, nics + 1))


def _of_rails(mtu: int | None, nics: int) -> tuple[FabricNetwork, ...]:
    return FabricNetwork("gvnic-1", "gvnic", 1, mtu), FabricNetwork("rdma", "rdma", nics, mtu)


def _of_metal(mtu: int | None, _nics: int) -> tuple[FabricNetwork, ...]:
    return FabricNetwork("gvnic-1", "gvnic", 1, mtu), FabricNetwork("rdma", "rdma-metal", 0, mtu)


def _of_efa(mtu: int | None, _nics: int) -> tuple[FabricNetwork, ...]:
    # EFA is not routed between subnets: all peers share one
    return (FabricNetwork("fabric", "subnet", 1, mtu),)


def _of_nothing(_mtu: int | None, _nics: int) -> tuple[FabricNetwork, ...]:
    return ()


_NETWORKS: Mapping[Attach, Callable[[int | None, int], tuple[FabricNetwork, ...]]] = MappingProxyType(
    {
        "efa": _of_efa,
        "vpc-per-nic": _of_vpcs,
        "rdma-subnets": _of_rails,
        "rdma-metal": _of_metal,
        "hca": _of_nothing,
        "none": _of_nothing,
    }
)
