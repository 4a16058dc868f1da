"""Pods as plain manifests: what a workload describes, plus what its machine demands. Pure functions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.catalog import fabrics, pods
from infra.catalog.machines import Machine

USER = 65532
"""The user that containers run as, who owns nothing on the node."""


@dataclass(frozen=True)
class Place:
    """Where a workload's pods run."""

    pool: str
    """The node pool."""
    machine: Machine
    """Its machine type."""
    fabric: bool
    """Whether its machines join their fabric."""
    taints: tuple[str, ...] = ()
    """Keys of taints that the platform itself puts on its nodes. Default: none."""


def spec(
    place: Place,
    pod: Mapping[str, Any],
    *,
    environment: Mapping[str, Any],
    account: str,
    volume: Mapping[str, Any] | None = None,
    secret: str = "",
) -> dict[str, Any]:
    """Write a pod's specification with one container.

    Args:
        place: Where it runs; its machine decides devices, tolerations and NCCL's environment.
        pod: The workload's own description: image, command, accelerators, cpu, memory_gib, mounts, ports,
            grace_seconds, and for servers probes and pre_stop_seconds.
        environment: Environment variables of the workload; NCCL's are added.
        account: The service account.
        volume: A claim to mount: `claim` and `path`. Default: none.
        secret: A secret whose entries are variables too. Default: none.
    """
    container = {
        "name": account,
        "image": pod["image"],
        "command": pod["command"],
        "env": env({**nccl(place), **environment}),
        **({"envFrom": [{"secretRef": {"name": secret}}]} if secret else {}),
        "ports": [{"name": name, "containerPort": port} for name, port in pod["ports"].items()],
        "resources": resources(place, pod),
        "volumeMounts": mounts(pod, volume),
        "securityContext": security(place),
        **_probes(pod),
    }
    return {
        "serviceAccountName": account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "nodeSelector": {"causeway/pool": place.pool},
        "tolerations": tolerations(place),
        "terminationGracePeriodSeconds": pod["grace_seconds"],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": volumes(pod, volume),
        **({"hostNetwork": True} if place.fabric and _fabric(place).host_network else {}),
    }


def _fabric(place: Place) -> fabrics.Fabric:
    assert place.machine.link
    return fabrics.get(place.machine.link.fabric)


def nccl(place: Place) -> dict[str, str]:
    """Give what NCCL needs to find the fabric, and nothing where the pool has none."""
    return dict(pods.environment(place.machine)) if place.fabric else {}


def interfaces(place: Place) -> tuple[tuple[str, str], ...]:
    """Give the pod's interfaces beside the first, each with its network, where GKE attaches them one by one."""
    return pods.networks(place.machine) if place.fabric and not _fabric(place).host_network else ()


def annotations(place: Place) -> dict[str, str]:
    """Ask for those interfaces; nothing where the pool has none, or where the pod uses the node's network."""
    asked = [{"interfaceName": name, "network": network} for name, network in interfaces(place)]
    if not asked:
        return {}
    written = json.dumps(asked, separators=(",", ":"))
    return {"networking.gke.io/default-interface": "eth0", "networking.gke.io/interfaces": written}


def devices(place: Place, accelerators: int) -> dict[str, str]:
    """Give the extended resources: accelerators, and fabric devices for pods that take a whole machine of a fabric."""
    if not accelerators:
        return {}
    machine = place.machine if place.fabric else place.machine.model_copy(update={"link": None})
    return pods.request(machine, accelerators)


def resources(place: Place, pod: Mapping[str, Any]) -> dict[str, Any]:
    """Give requests and limits: memory is both, so that a pod is never ended for a neighbour's hunger."""
    memory = {"memory": f"{pod['memory_gib']}Gi"}
    extended = devices(place, pod["accelerators"])
    return {"requests": {"cpu": str(pod["cpu"]), **memory, **extended}, "limits": {**memory, **extended}}


def tolerations(place: Place) -> list[dict[str, str]]:
    """Bear the taints of the pool: its accelerator's, and its own where it has a fabric."""
    keys = [*(taint.key for taint in pods.taints(place.machine)), *place.taints]
    if place.fabric:
        keys.append("causeway/pool")
    return [{"key": key, "operator": "Exists", "effect": "NoSchedule"} for key in keys]


def environment(own: Mapping[str, Any], pod: Mapping[str, Any]) -> dict[str, Any]:
    """Join a workload's environment with what it says differently in a pod; its home is the scratch disk."""
    there = {name: value for name, value in pod["environment"].items() if value}
    home = {"HOME": "/scratch"} if "/scratch" in pod["mounts"] else {}
    return {**own, **there, **home}


def env(variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write environment variables, sorted so that a diff shows changes alone."""
    return [{"name": name, "value": value} for name, value in sorted(variables.items())]


def security(place: Place) -> dict[str, Any]:
    """Take every right from the container but those that the fabric names."""
    needed = list(_fabric(place).capabilities) if place.fabric else []
    rights: dict[str, Any] = {"drop": ["ALL"], **({"add": needed} if needed else {})}
    return {"allowPrivilegeEscalation": False, "privileged": False, "capabilities": rights}


def mounts(pod: Mapping[str, Any], volume: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Mount scratch and shared memory, and the shared file system if there is one."""
    own = [{"name": _volume(path), "mountPath": path} for path in pod["mounts"]]
    return [*own, {"name": "shared", "mountPath": volume["path"]}] if volume else own


def volumes(pod: Mapping[str, Any], volume: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Make the volumes: memory for NCCL's shared segment, the node's disk for scratch."""
    half = f"{pod['memory_gib'] // 2 or 1}Gi"
    kinds = {"memory": {"medium": "Memory", "sizeLimit": half}, "node-local": {}}
    own = [{"name": _volume(path), "emptyDir": kinds[kind]} for path, kind in pod["mounts"].items()]
    claim = {"claimName": volume["claim"]} if volume else None
    return [*own, {"name": "shared", "persistentVolumeClaim": claim}] if claim else own


def _volume(path: str) -> str:
    return path.strip("/").replace("/", "-")


def _probes(pod: Mapping[str, Any]) -> dict[str, Any]:
    names = {"startup": "startupProbe", "readiness": "readinessProbe", "liveness": "livenessProbe"}
    found: dict[str, Any] = {names[kind]: _probe(pod[kind]) for kind in names if pod.get(kind)}
    if wait := pod.get("pre_stop_seconds"):
        found["lifecycle"] = {"preStop": {"sleep": {"seconds": wait}}}
    return found


def _probe(probe: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "httpGet": {"path": probe["path"], "port": "http"},
        "periodSeconds": probe["period_seconds"],
        "failureThreshold": probe["failures"],
        "timeoutSeconds": probe["timeout_seconds"],
    }
