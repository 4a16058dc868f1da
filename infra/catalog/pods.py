"""What a pod must ask for to get a machine's accelerators and fabric, and what its node carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from infra.catalog import accelerators, fabrics
from infra.catalog.machines import Machine
from infra.catalog.rows import CatalogError


@dataclass(frozen=True)
class Taint:
    """What keeps other pods off a node."""

    key: str
    """The taint's key."""
    value: str
    """The taint's value."""
    effect: Literal["NoSchedule"] = "NoSchedule"
    """What it does. Default: NoSchedule."""


@dataclass(frozen=True)
class Toleration:
    """What lets a pod onto a tainted node."""

    key: str
    """The taint's key."""
    operator: Literal["Exists"] = "Exists"
    """How it compares. Default: Exists."""
    effect: Literal["NoSchedule"] = "NoSchedule"
    """The effect that it bears. Default: NoSchedule."""


def request(machine: Machine, count: int | None = None, *, forks: bool = False) -> dict[str, str]:
    """Give the extended resources of a pod.

    Args:
        machine: The machine type it runs on.
        count: Accelerators of the pod. Default: all of the machine. Fewer than all get no fabric device, since a job
            that crosses machines takes whole ones (RDMA NICs cannot be shared between the pods of a node).
        forks: Whether its data loaders fork; then it takes no huge pages. Default: no.

    Raises:
        CatalogError: The machine has no accelerators, or fewer than asked for.
    """
    if machine.accelerator is None:
        raise CatalogError(f"{machine.name} has no accelerators to ask for")
    wanted = machine.gpus if count is None else count
    if not 0 < wanted <= machine.gpus:
        raise CatalogError(
            f"{machine.name} has {machine.gpus} accelerators, not {wanted}: ask for 1 to {machine.gpus}"
        )
    resources = {accelerators.get(machine.accelerator.model).resource: str(wanted)}
    whole = _fabric(machine) if wanted == machine.gpus else {}
    return resources | {name: size for name, size in whole.items() if not (forks and name == "hugepages-2Mi")}


def _fabric(machine: Machine) -> dict[str, str]:
    if machine.link is None:
        return {}
    fabric = fabrics.get(machine.link.fabric)
    resources = {fabric.resource: str(machine.link.nics)} if fabric.resource else {}
    if (
        fabric.pod_hugepages_mib
        and machine.hugepages_mib
        and machine.hugepages_mib >= fabric.pod_hugepages_mib
    ):
        resources["hugepages-2Mi"] = f"{fabric.pod_hugepages_mib}Mi"
    return resources


def networks(machine: Machine) -> tuple[tuple[str, str], ...]:
    """Give the interfaces that GKE adds to a pod, each with the name of its network; none elsewhere.

    The RDMA rails come after the second gVNIC, so they start at eth2 (cluster-toolkit nccl-jobset-example.yaml).
    """
    if machine.link is None:
        return ()
    attach = fabrics.get(machine.link.fabric).attach
    if attach == "vpc-per-nic":
        return tuple((f"eth{i}", f"vpc{i}") for i in range(1, machine.link.nics + 1))
    if attach == "rdma-subnets":
        return tuple((f"eth{2 + i}", f"rdma-{i}") for i in range(machine.link.nics))
    return ()


def labels(machine: Machine) -> dict[str, str]:
    """Give the labels of a node: what the platform demands, and how jobs find the machine by meaning."""
    own = {
        "causeway/machine": machine.name,
        "causeway/fabric": machine.link.fabric if machine.link else "none",
    }
    if machine.accelerator:
        own["causeway/accelerator"] = machine.accelerator.model
    return {**machine.labels, **own}


def taints(machine: Machine) -> tuple[Taint, ...]:
    """Give the taints of a node; a plain host has none."""
    if machine.accelerator is None:
        return ()
    return (Taint(accelerators.get(machine.accelerator.model).taint, "present"),)


def tolerations(machine: Machine) -> tuple[Toleration, ...]:
    """Give the tolerations that let pods, agents and drivers onto such a node."""
    return tuple(Toleration(taint.key) for taint in taints(machine))


def environment(machine: Machine, *, forks: bool = False) -> Mapping[str, str]:
    """Give what NCCL needs in the pod's environment; nothing on a machine without a fabric.

    Args:
        machine: The machine type it runs on.
        forks: Whether its data loaders fork, as PyTorch's do with workers. Default: no.
    """
    if machine.link is None:
        return {}
    fabric = fabrics.get(machine.link.fabric)
    return {**fabric.env, **(fabric.fork_env if forks else {})}


def pods_per_node(machine: Machine, *, fabric: bool = True) -> int:
    """Count the pods that a node's own addresses carry, on EC2 without prefix delegation.

    Each interface of card 0 carries its addresses less its own, and two pods use the node's; an `efa-only` interface on
    card 0 takes one interface's place (Karpenter's arithmetic).

    Raises:
        UnknownFactError: No source gives the number.
    """
    plain: int = machine.need("pods")
    if machine.cards is None or not fabric or machine.link is None or machine.cards.fabric_from > 0:
        return plain
    return plain - (machine.cards.ips - 1)
