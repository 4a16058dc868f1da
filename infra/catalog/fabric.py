"""The fabric contract: all that one machine row decides about its network, made once and compared with what is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from infra.catalog import compat, fabrics, pods
from infra.catalog.fabrics import Fabric, Installer, Placement, Plugin, Transport
from infra.catalog.layout import FabricNetwork, Interface, interfaces, networks, subnets
from infra.catalog.machines import Machine
from infra.catalog.rows import Cited, read
from infra.problems import Problem

__all__ = [
    "Contract",
    "Floor",
    "contract",
    "disagreements",
    "drivers",
    "floor",
    "floors",
    "installer",
    "interfaces",
    "line_rate",
    "networks",
    "of",
    "placement",
    "plugin",
    "subnets",
]


class Floor(Cited):
    """The least bus bandwidth that a healthy pair of nodes shows."""

    machines: tuple[str, ...]
    """`platform/name` of the machines it holds for."""
    collective: str
    """The collective of nccl-tests."""
    gbytes: float
    """Bus bandwidth in GB/s."""
    message_bytes: int
    """The message size at which it is read."""
    why: str
    """Who asks for it."""


@dataclass(frozen=True)
class Contract:
    """What launch template, device plugin, pod, NCCL and acceptance test must agree on."""

    machine: Machine
    """The row that all follows from."""
    fabric: Fabric
    """The machine's fabric: capabilities, sidecar, profile, and whether the pod uses the node's network."""
    transport: Transport
    """What NCCL speaks."""
    interfaces: tuple[Interface, ...]
    """A node's interfaces, the primary one first."""
    networks: tuple[FabricNetwork, ...]
    """Networks for the fabric alone."""
    placement: Placement
    """What keeps the nodes together."""
    plugin: Plugin | None
    """The device plugin. None: the platform brings it."""
    plugin_minimum: str | None
    """The first version of the plugin that counts this machine right. None: no source names one."""
    installer: Installer | None
    """The installer of NCCL's plugin. None: the image carries it."""
    request: Mapping[str, str]
    """Extended resources of a pod that takes the whole machine."""
    pod_networks: tuple[tuple[str, str], ...]
    """Interfaces of the pod beside the first, each with its network, where GKE attaches them one by one."""
    environment: Mapping[str, str]
    """What NCCL needs in the pod's environment."""
    nics: int
    """Fabric devices that NCCL must find."""
    floor: Floor | None
    """The acceptance floor. None: no source names one for this machine."""


def of(machine: Machine) -> Fabric:
    """Give the machine's fabric: a TPU's is its slice, and one machine alone has shared memory."""
    alone = "tpu-ici" if machine.topology else "shared-memory"
    return fabrics.get(machine.link.fabric if machine.link else alone)


def placement(machine: Machine) -> Placement:
    """Say what keeps machines of this type together."""
    return of(machine).placement


def plugin(machine: Machine) -> Plugin | None:
    """Give the device plugin that counts the machine's fabric devices."""
    return of(machine).plugin


def installer(machine: Machine) -> Installer | None:
    """Give the installer of the machine's transport, and of no other."""
    return of(machine).installer


def drivers(machine: Machine) -> compat.Range | None:
    """Give the bounds of the NVIDIA driver. None: no source names any."""
    return compat.range_of("nvidia-driver", machine)


def line_rate(machine: Machine) -> float:
    """Give the fabric's bandwidth of one node in GB/s: the ceiling of any measurement; 0 without a fabric.

    Raises:
        UnknownFactError: The line rate is not published.
    """
    if machine.link is None:
        return 0.0
    rate: float = machine.link.gbps if machine.link.gbps is not None else machine.need("network_gbps")
    return machine.link.nics * rate / 8


@cache
def floors() -> tuple[Floor, ...]:
    """List all acceptance floors."""
    return read("floors", Floor)


def floor(machine: Machine) -> Floor | None:
    """Give the acceptance floor of a machine. None: no source names one."""
    name = f"{machine.platform}/{machine.name}"
    return next((row for row in floors() if name in row.machines), None)


def contract(machine: Machine) -> Contract:
    """Make the machine's contract.

    Raises:
        UnknownFactError: The machine has a fabric that no source describes well enough.
    """
    made = plugin(machine)
    bounds = compat.range_of(made.name, machine) if made else None
    return Contract(
        machine=machine,
        fabric=of(machine),
        transport=of(machine).transport,
        interfaces=interfaces(machine),
        networks=networks(machine),
        placement=placement(machine),
        plugin=made,
        plugin_minimum=bounds.minimum if bounds else None,
        installer=installer(machine),
        request=pods.request(machine) if machine.accelerator else {},
        pod_networks=pods.networks(machine),
        environment=pods.environment(machine),
        nics=machine.nics,
        floor=floor(machine),
    )


def disagreements(
    machine: Machine,
    *,
    launched: int | None = None,
    requested: Mapping[str, str] | None = None,
    nccl: int | None = None,
) -> Sequence[Problem]:
    """Compare what was built with the contract; each number that differs from the row is one problem.

    Args:
        machine: The machine type.
        launched: Fabric interfaces in the launch template. Default: not looked at.
        requested: Extended resources of the pod. Default: not looked at.
        nccl: Fabric devices that NCCL found. Default: not looked at.
    """
    seen = {"interfaces of the launch template": launched, "fabric devices found by NCCL": nccl}
    resource = of(machine).resource
    if requested is not None and resource:
        seen[f"pod request of {resource}"] = int(requested.get(resource, "0"))
    return tuple(
        Problem(machine.name, f"{what}: {number}", f"{machine.nics}, the machine's {of(machine).title}")
        for what, number in seen.items()
        if number is not None and number != machine.nics
    )
