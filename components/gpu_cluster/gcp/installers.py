"""What puts a transport's NCCL plugin on the nodes of its fabric, and on no others."""

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.gpu_cluster.gcp import handed, node_pool, shared
from components.gpu_cluster.gcp.versions import ARM, INSTALLERS, PAUSE
from components.gpu_cluster.pools import NodePoolSpec
from components.kubernetes.operators import tolerations
from infra.catalog import compat, fabric
from infra.catalog.fabrics import Fabric, Transport
from infra.problems import Problem, ProblemsError

NAMESPACE = "kube-system"
BIN = "/home/kubernetes/bin"

HOST: Mapping[Transport, Mapping[str, str]] = {
    Transport.TCPX: {"/var/lib": "/var/lib", BIN: "/usr/local"},
    Transport.TCPXO: {"/var/lib": "/var/lib", BIN: "/usr/local"},
    Transport.ROCE: {
        f"{BIN}/nvidia/lib64": f"/usr/local{BIN}/nvidia/lib64",
        f"{BIN}/gib": f"/usr/local{BIN}/gib",
    },
}
"""Folders of the node that an installer fills, and where it sees them (container-engine-accelerators)."""

COPIES: Mapping[Transport, tuple[tuple[str, str], ...]] = {
    Transport.TCPX: (("/var/lib/tcpx/lib64", "/usr/local/nvidia/lib64"),),
    Transport.TCPXO: (("/var/lib/tcpxo/lib64", "/usr/local/nvidia/lib64"),),
    Transport.ROCE: (
        ("/var/lib/gib/lib64", f"/usr/local{BIN}/nvidia/lib64"),
        ("/var/lib/gib", f"/usr/local{BIN}/gib"),
    ),
}
"""What is copied from where to where, in the installer's eyes."""


def install(pools: Iterable[NodePoolSpec], version: str, opts: pulumi.ResourceOptions) -> None:
    """Install the plugin of each fabric that the pools join, on the pools that join it.

    Raises:
        ProblemsError: GKE's version is too old for a fabric, or an installer does not fit its daemon.
    """
    joined = [pool for pool in pools if pool.fabric]
    refuse(joined, version)
    by_fabric = {fabric.of(pool.machine).name: fabric.of(pool.machine) for pool in joined}
    for name, one in by_fabric.items():
        if one.installer is None:
            continue
        theirs = [pool for pool in joined if fabric.of(pool.machine).name == name]
        k8s.apps.v1.DaemonSet(
            one.installer.name,
            metadata={"name": one.installer.name, "namespace": NAMESPACE, "labels": _labels(one)},
            spec=daemon_set(one, theirs),
            opts=opts,
        )
    handed.install([pool for pool in joined if fabric.of(pool.machine).daemon], opts)
    shared.install([pool for pool in joined if fabric.of(pool.machine).imex], opts)


def refuse(pools: list[NodePoolSpec], version: str) -> None:
    """Refuse versions that do not carry a fabric, or that are not released as a pair.

    Raises:
        ProblemsError: Names each with the reason.
    """
    found: list[Problem] = []
    for pool in pools:
        one = fabric.of(pool.machine)
        parts = {part.name: part.pinned for part in (one.installer, one.daemon) if part}
        found += compat.check({"gke": version, "kubernetes": version, **parts}, pool.machine)
    if found:
        raise ProblemsError("GpuCluster can't be built on Google Cloud", found)


def _labels(one: Fabric) -> dict[str, str]:
    assert one.installer
    return {"k8s-app": one.installer.name}


def daemon_set(one: Fabric, pools: list[NodePoolSpec]) -> dict[str, Any]:
    """Write the installer: it selects nodes by the fabric they joined, and bears their taints alone."""
    labels = _labels(one)
    return {
        "selector": {"matchLabels": labels},
        "updateStrategy": {"type": "RollingUpdate"},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "priorityClassName": "system-node-critical",
                "nodeSelector": {"causeway/fabric": one.name},
                "tolerations": tolerations(node_pool.borne(pools)),
                "hostNetwork": True,
                "hostPID": True,  # it enters the node's own namespaces, by its first process
                "initContainers": [_installer(one, pools[0])],
                "containers": [{"name": "pause", "image": PAUSE}],
                "volumes": [
                    {"name": f"host-{at}", "hostPath": {"path": path, "type": "DirectoryOrCreate"}}
                    for at, path in enumerate(HOST[one.transport])
                ],
            },
        },
    }


def _installer(one: Fabric, pool: NodePoolSpec) -> dict[str, Any]:
    assert one.installer
    ending = ARM if pool.machine.arch == "arm64" else ""
    published = f"{INSTALLERS[one.transport]}{ending}:{one.installer.pinned}"
    return {
        "name": "install",
        "image": pool.options.get("installer_image", published),
        "command": ["/bin/sh", "-ec"],
        "args": [script(one)],
        "resources": {"requests": {"cpu": "150m"}},
        "securityContext": {"privileged": True},
        "volumeMounts": [
            {"name": f"host-{at}", "mountPath": path} for at, path in enumerate(HOST[one.transport].values())
        ],
    }


def script(one: Fabric) -> str:
    """Write what an installer runs."""
    lines = ["/scripts/container_entry.sh install --install-nccl"]
    for source, target in COPIES[one.transport]:
        lines += [f"mkdir -p {target}", f"cp -r {source}/. {target}"]
    if one.transport is Transport.ROCE and not one.imex:
        # rails answer on other cards than asked, which the kernel would log packet by packet
        lines.append('for card in /proc/sys/net/ipv4/conf/gpu*rdma*; do echo 0 > "$card/log_martians"; done')
    if one.transport is Transport.TCPXO:
        lines.append(APERTURES)
    return "\n".join(lines)


APERTURES = """nsenter -at 1 -- sh -ec '
/sbin/iptables -I INPUT -p tcp -m tcp -j ACCEPT
modprobe import-helper
lspci -nn -D | grep 1ae0:0084 | while read -r device rest; do
  mkdir -p /dev/aperture_devices/$device
  umount -R /dev/aperture_devices/$device 2>/dev/null || true
  mount --bind "$(readlink -f /sys/bus/pci/devices/$device)" /dev/aperture_devices/$device
done
chmod -R a+r /dev/aperture_devices
chmod a+rw /dev/aperture_devices/*/resource*'"""
"""Shows the cards' memory windows to the daemon (container-engine-accelerators, nccl-tcpxo-installer.yaml)."""
