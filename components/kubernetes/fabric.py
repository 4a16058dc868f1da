"""What a fabric asks of a pod beside devices: a daemon, folders of the node, NVLink across machines. Pure functions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.catalog.fabrics import Daemon, Fabric

CHANNEL = "compute-domain-channel"
"""What a pod calls its end of the domain in which GPUs of several machines share memory."""

SOCKET = "fabric-socket"


def annotations(fabric: Fabric) -> dict[str, str]:
    """Hand the daemon its devices, which a plugin of the container runtime reads (GKE's device injector)."""
    daemon = fabric.daemon
    if daemon is None:
        return {}
    listed = "".join(f"- path: {device}\n" for device in daemon.devices)
    return {f"devices.gke.io/container.{daemon.name}": listed}


def command(fabric: Fabric, own: Sequence[str]) -> list[str]:
    """Read the installer's settings for NCCL first, where it brings a script of them; then become the program."""
    if fabric.profile is None:
        return list(own)
    return ["/bin/bash", "-c", f'source {fabric.profile} && exec "$@"', "--", *own]


def pod(
    fabric: Fabric, name: str, image: str = "", claims: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Give the parts of a pod's specification that a pod outside the fabric has not.

    Args:
        fabric: What the pod joins.
        name: The workload, after which its objects are called.
        image: The daemon's image, from a registry of one's own. Default: the published one.
        claims: Volume claims with the installer's folders, by where the pod sees them. Default: none.
    """
    return {
        **({"initContainers": [_daemon(fabric.daemon, image)]} if fabric.daemon else {}),
        **({"volumes": found} if (found := list(_volumes(fabric, claims or {}))) else {}),
        **(
            {"resourceClaims": [{"name": CHANNEL, "resourceClaimTemplateName": channel(name)}]}
            if fabric.imex
            else {}
        ),
        # names of other pods come from the cluster, also on the network of the node
        **({"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"} if fabric.host_network else {}),
    }


def channel(name: str) -> str:
    """Name the template of claims that a workload's domain brings."""
    return f"{name}-channel"


def mounts(fabric: Fabric, claims: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Give what the pod's own container mounts."""
    socket = fabric.daemon.socket if fabric.daemon else None
    return [
        *({"name": name, "mountPath": path, "readOnly": True} for path, name in (claims or {}).items()),
        *({"name": _name(path), "mountPath": path} for path in fabric.windows),
        *([{"name": SOCKET, "mountPath": socket}] if socket else []),
    ]


def _daemon(daemon: Daemon, image: str) -> dict[str, Any]:
    """Write the daemon as a sidecar: it starts before the program, and ends with it."""
    check = {"exec": {"command": ["cat", daemon.ready]}, "periodSeconds": 5, "failureThreshold": 24}
    shared = [{"name": SOCKET, "mountPath": daemon.socket}] if daemon.socket else []
    return {
        "name": daemon.name,
        "image": image or f"{daemon.image}:{daemon.pinned}",
        "restartPolicy": "Always",
        "command": list(daemon.command),
        "env": [{"name": name, "value": value} for name, value in sorted(daemon.env.items())],
        "resources": {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"memory": "2Gi"}},
        # it sets up cards and their rules, which only root may
        "securityContext": {
            "runAsNonRoot": False,
            "runAsUser": 0,
            "capabilities": {"add": list(daemon.capabilities)},
        },
        "volumeMounts": [*({"name": _name(at), "mountPath": at} for at in daemon.folders), *shared],
        **({"startupProbe": check} if daemon.ready else {}),
    }


def _volumes(fabric: Fabric, claims: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for name in claims.values():
        yield {"name": name, "persistentVolumeClaim": {"claimName": name, "readOnly": True}}
    daemon = fabric.daemon
    for at, folder in {**fabric.windows, **(daemon.folders if daemon else {})}.items():
        yield {"name": _name(at), "hostPath": {"path": folder}}
    if daemon and daemon.socket:
        yield {"name": SOCKET, "emptyDir": {}}


def _name(path: str) -> str:
    return path.strip("/").replace("/", "-").replace("_", "-")


HARMLESS = frozenset({"NET_BIND_SERVICE"})
"""Capabilities that Kubernetes' level `restricted` leaves to a pod (Pod Security Standards)."""


def privileged(fabric: Fabric) -> bool:
    """Say whether its pods need what Kubernetes keeps from ordinary ones.

    That is the node's network, its folders, its devices, or a capability such as IPC_LOCK, by which memory of an
    InfiniBand card is held in place.
    """
    strong = set(fabric.capabilities) - HARMLESS
    return bool(fabric.daemon or fabric.windows or fabric.host_network or strong)


def rooted(fabric: Fabric) -> bool:
    """Say whether its programs are root: only root opens the daemon's socket and the cards' windows."""
    return bool(fabric.daemon)
