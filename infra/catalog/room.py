"""What a node has left for pods: its machine, less what the system, the kubelet and the agents of every node keep.

A bound that holds on EKS, GKE and AKS alike, not a forecast: each part is the strictest of the three. Sources, all of
August 2026 or undated: amazon-eks-ami, nodeadm/internal/kubelet/config.go; GKE guide, "Plan node sizes", and
kubernetes/autoscaler, cloudprovider/gce/reserved.go; azure-aks-docs, node-resource-reservations.md; Karpenter's
`vm-memory-overhead-percent`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from infra.catalog.machines import Machine

GIB = 1024
"""MiB in one GiB."""

ROOT_GIB: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "aws": MappingProxyType({"system": 50, "training": 200, "serving": 200}),
        "gcp": MappingProxyType({"system": 100, "training": 200, "serving": 200}),
        "azure": MappingProxyType({"system": 128, "training": 256, "serving": 256}),
    }
)
"""Root disks by platform and purpose, in GiB that the platform sells: images of GPU programs are large, and what was
pulled stays. Machines of a site, and this one, have the disks that they have."""

LARGEST_GIB = 2048
"""The largest root disk that every platform makes: AKS's (its API, osDiskSizeGB)."""

REPLACED = frozenset(
    {
        "block_device_mappings",
        "blockDeviceMappings",
        "kubelet_disk_type",
        "os_disk_type",
        "userData",
        "user_data",
    }
)
"""Options of a pool, on any platform, that say another way where its pods' disk is."""

AGENTS_CPU, AGENTS_MIB = 1, 2 * GIB
"""What the network, storage, log and device agents of every node ask for together; below 0.8 of a core on all three."""

UNSEEN = 0.075
"""The part of a machine's memory that its system never shows (Karpenter's default)."""

STEPS = ((0, 0.25), (4, 0.2), (8, 0.1), (16, 0.06), (128, 0.02))
"""What the kubelet keeps of memory: from so many GiB on, this part (GKE, the strictest)."""

EVICTION, FORMATTED = 0.1, 0.035
"""Of a disk: what the kubelet keeps free (`nodefs.available`), and what a file system takes for itself."""

IMAGES_GIB = 20
"""What images take of it: a server's with CUDA and one for each agent."""

LOCAL_SSD_GIB = 375
"""One local SSD of Google Cloud (GKE guide, local SSD)."""


def cpus(machine: Machine) -> int | None:
    """Give the whole cores that pods may ask for; None where no source counts the machine's."""
    if machine.vcpus is None:
        return None
    return max(
        1, int(machine.vcpus * 0.99 - 0.1 - AGENTS_CPU)
    )  # 100 millicores and 1 percent: AKS, the strictest


def memory_gib(machine: Machine, *, fabric: bool = False) -> int | None:
    """Give the memory that pods may ask for in GiB; None where no source gives the machine's.

    Args:
        machine: The machine type.
        fabric: Whether it joins its fabric, for which huge pages are set aside. Default: no.
    """
    if machine.memory_mib is None:
        return None
    pages = machine.hugepages_mib or 0 if fabric else 0
    kept = machine.memory_mib * UNSEEN + _stepped(machine.memory_mib / GIB) * GIB + pages + AGENTS_MIB
    return max(1, int((machine.memory_mib - kept) / GIB))


def _stepped(memory: float) -> float:
    ends = [start for start, _ in STEPS[1:]] + [memory]
    return sum(
        max(0.0, min(memory, end) - start) * part for (start, part), end in zip(STEPS, ends, strict=True)
    )


def disk_gib(machine: Machine, root: int) -> int | None:
    """Give the disk that pods may ask for in GiB; None on a machine whose disks are not ours to know.

    Args:
        machine: The machine type. Local disks are used where its pools join them for containers: EC2's NVMe as one
            RAID 0, Google's local SSD as ephemeral storage.
        root: Its root disk in GiB.
    """
    rule = _DISKS.get(machine.platform)
    return max(0, int(rule(machine, root))) if rule else None


def least_root_gib(machine: Machine, wanted: int) -> int | None:
    """Give the smallest root disk in steps of 64 GiB on which pods may ask for so much; None where none helps."""
    sizes = range(64, LARGEST_GIB + 1, 64)
    return next((size for size in sizes if (disk_gib(machine, size) or 0) >= wanted), None)


def _shown(size: float) -> float:
    return size * (1 - FORMATTED - EVICTION) - IMAGES_GIB


def _ec2(machine: Machine, root: int) -> float:
    size = machine.nvme_gb * 1e9 / 2**30 if machine.nvme_gb else root
    return _shown(size) - 1  # nodeadm's kube-reserved


def _google(machine: Machine, root: int) -> float:
    if machine.local_ssds:
        return _shown(machine.local_ssds * LOCAL_SSD_GIB) - {1: 50, 2: 75}.get(machine.local_ssds, 100)
    return _shown(root) - min(root * 0.5, root * 0.35 + 6, 100) - 4.2  # the last: the system's own partitions


def _azure(_: Machine, root: int) -> float:
    return _shown(root)


_DISKS: Mapping[str, Callable[[Machine, int], float]] = MappingProxyType(
    {"aws": _ec2, "gcp": _google, "azure": _azure}
)
