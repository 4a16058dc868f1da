"""Pods as plain manifests: what a workload describes, plus what its machine demands. Pure functions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.kubernetes import fabric
from infra.catalog import fabrics, pods, room
from infra.catalog.machines import Machine

USER = 65532
"""The user that containers run as, who owns nothing on the node."""

NAME = "causeway"
"""What that user is called: no image knows the number, and torch asks for a name before it compiles (getpass)."""

TEMPORARY = "/tmp"  # noqa: S108 - a volume of this pod alone, mounted there
"""The one folder outside their mounts that programs write to, where Python, compilers and vLLM's sockets expect it."""

DEFAULT = ("eth0", "default")
"""A pod's first interface on GKE and its network, named beside the others (container-engine-accelerators, tests)."""


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
    daemon_image: str = ""
    """The image of the fabric's daemon, from a registry of one's own. Default: the published one."""

    @property
    def joined(self) -> fabrics.Fabric | None:
        """The fabric that its pods join. None: they join none."""
        return fabrics.get(self.machine.link.fabric) if self.fabric and self.machine.link else None


def spec(
    place: Place,
    pod: Mapping[str, Any],
    *,
    environment: Mapping[str, Any],
    account: str,
    volume: Mapping[str, Any] | None = None,
    secret: str = "",
    token: Mapping[str, str] | None = None,
    libraries: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Write a pod's specification with one container.

    Args:
        place: Where it runs; its machine decides devices, tolerations and NCCL's environment.
        pod: The workload's own description: image, command, accelerators, cpu, memory_gib, mounts, ports,
            grace_seconds, and for servers probes and pre_stop_seconds; disk_gib where it is known.
        environment: Environment variables of the workload; NCCL's are added.
        account: The service account.
        volume: A claim to mount: `claim` and `path`. Default: none.
        secret: A secret whose entries are variables too. Default: none.
        token: A token of the service account for somebody outside: `audience` and `folder`. Default: none.
        libraries: Claims of the fabric's libraries, by where the pod sees them. Default: none.
    """
    joined, claims, pod = place.joined, libraries or {}, shared(place, pod)
    beside = fabric.pod(joined, account, place.daemon_image, claims) if joined else {}
    container = {
        "name": account,
        "image": pod["image"],
        # who may not pull it doesn't get a neighbour's copy either; a digest that is there is not loaded again
        "imagePullPolicy": "Always",
        "command": fabric.command(joined, pod["command"]) if joined else pod["command"],
        "env": env({**nccl(place), **environment}),
        **({"envFrom": [{"secretRef": {"name": secret}}]} if secret else {}),
        "ports": [{"name": name, "containerPort": port} for name, port in pod["ports"].items()],
        "resources": resources(place, pod),
        "volumeMounts": [
            *mounts(pod, volume),
            *_held(token),
            *(fabric.mounts(joined, claims) if joined else ()),
        ],
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
        "securityContext": identity(0 if joined and fabric.rooted(joined) else USER),
        "containers": [container],
        **beside,
        "volumes": [*volumes(pod, volume), *_minted(token), *beside.get("volumes", ())],
    }


def shared(place: Place, pod: Mapping[str, Any]) -> dict[str, Any]:
    """Let a pod ask for no more processors and memory than its accelerators' share of what its node has for pods.

    What a workload asks for is what it would like; a small machine has less, and a pod that asks for more never starts.
    """
    machine, own = place.machine, pod["accelerators"] or place.machine.gpus or 1
    most = {"cpu": room.cpus(machine), "memory_gib": room.memory_gib(machine, fabric=place.fabric)}
    shares = {part: max(1, all_ * own // (machine.gpus or 1)) for part, all_ in most.items() if all_}
    return {**pod, **{part: min(pod[part], share) for part, share in shares.items()}}


def identity(user: int) -> dict[str, Any]:
    """Say who the pod's programs are on the node, and that they call its kernel as programs usually do."""
    return {
        "runAsNonRoot": user != 0,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def nccl(place: Place) -> dict[str, str]:
    """Give what NCCL needs to find the fabric, and nothing where the pool has none."""
    return dict(pods.environment(place.machine)) if place.fabric else {}


def interfaces(place: Place) -> tuple[tuple[str, str], ...]:
    """Give the pod's interfaces beside the first, each with its network, where GKE attaches them one by one."""
    return pods.networks(place.machine) if place.joined and not place.joined.host_network else ()


def annotations(place: Place) -> dict[str, str]:
    """Ask for those interfaces, the first one among them; none where the pod uses the node's network."""
    own = fabric.annotations(place.joined) if place.joined else {}
    added = interfaces(place)
    if not added:
        return own
    asked = [{"interfaceName": name, "network": network} for name, network in (DEFAULT, *added)]
    written = json.dumps(asked, separators=(",", ":"))
    return {**own, "networking.gke.io/default-interface": DEFAULT[0], "networking.gke.io/interfaces": written}


def devices(place: Place, accelerators: int) -> dict[str, str]:
    """Give the extended resources: accelerators, and fabric devices for pods that take a whole machine of a fabric."""
    if not accelerators:
        return {}
    machine = place.machine if place.fabric else place.machine.model_copy(update={"link": None})
    return pods.request(machine, accelerators)


def resources(place: Place, pod: Mapping[str, Any]) -> dict[str, Any]:
    """Give requests and limits: memory and disk are both, so that a pod is never ended for a neighbour's hunger.

    Processors have no limit. It would stop a launcher or a server for the rest of each tenth of a second, and GPUs with
    it, while cores are idle; the request alone shares them out where they are scarce.
    """
    disk = {"ephemeral-storage": f"{pod['disk_gib']}Gi"} if pod.get("disk_gib") else {}
    memory = {"memory": f"{pod['memory_gib']}Gi", **disk}
    extended = devices(place, pod["accelerators"])
    claimed = {"claims": [{"name": fabric.CHANNEL}]} if place.joined and place.joined.imex else {}
    return {
        "requests": {"cpu": str(pod["cpu"]), **memory, **extended},
        "limits": {**memory, **extended},
        **claimed,
    }


def tolerations(place: Place) -> list[dict[str, str]]:
    """Bear the taints of the pool: its accelerator's, and its own where it has a fabric."""
    keys = [*(taint.key for taint in pods.taints(place.machine)), *place.taints]
    if place.fabric:
        keys.append("causeway/pool")
    return [{"key": key, "operator": "Exists", "effect": "NoSchedule"} for key in keys]


def environment(own: Mapping[str, Any], pod: Mapping[str, Any]) -> dict[str, Any]:
    """Join a workload's environment with what it says differently in a pod.

    Its home is the scratch disk: Triton, matplotlib, vLLM (`vllm/envs.py`) and FlashInfer keep their caches under it.
    """
    there = {name: value for name, value in pod["environment"].items() if value}
    home = "/scratch" if "/scratch" in pod["mounts"] else TEMPORARY
    return {**own, **there, "HOME": home, "USER": NAME}


def env(variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write environment variables, sorted so that a diff shows changes alone."""
    return [{"name": name, "value": value} for name, value in sorted(variables.items())]


def security(place: Place) -> dict[str, Any]:
    """Take every right from the container but those that the fabric names.

    Its image can't be changed while it runs. An ordinary user could write to nothing of it but the temporary folder,
    which is a mount; what root does for a fabric's daemon is not known, as Google's plugin there has no source.
    """
    needed = list(place.joined.capabilities) if place.joined else []
    rights: dict[str, Any] = {"drop": ["ALL"], **({"add": needed} if needed else {})}
    return {
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "readOnlyRootFilesystem": not (place.joined and fabric.rooted(place.joined)),
        "capabilities": rights,
    }


def paths(pod: Mapping[str, Any]) -> dict[str, str]:
    """Give the folders that it may write to, each with its kind: its own, and the temporary one."""
    return {**pod["mounts"], TEMPORARY: pod["mounts"].get(TEMPORARY, "node-local")}


def mounts(pod: Mapping[str, Any], volume: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Mount scratch and shared memory, and the shared file system if there is one."""
    own = [{"name": _volume(path), "mountPath": path} for path in paths(pod)]
    return [*own, {"name": "shared", "mountPath": volume["path"]}] if volume else own


def volumes(pod: Mapping[str, Any], volume: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Make the volumes: memory for NCCL's shared segment, the node's disk for scratch."""
    half = f"{pod['memory_gib'] // 2 or 1}Gi"
    kinds = {"memory": {"medium": "Memory", "sizeLimit": half}, "node-local": {}}
    own = [{"name": _volume(path), "emptyDir": kinds[kind]} for path, kind in paths(pod).items()]
    claim = {"claimName": volume["claim"]} if volume else None
    return [*own, {"name": "shared", "persistentVolumeClaim": claim}] if claim else own


def _held(token: Mapping[str, str] | None) -> list[dict[str, Any]]:
    return [{"name": "federation", "mountPath": token["folder"], "readOnly": True}] if token else []


def _minted(token: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """Let the kubelet ask for a token of one hour, and for the next one in time."""
    if token is None:
        return []
    wanted = {"audience": token["audience"], "expirationSeconds": 3600, "path": "token"}
    return [{"name": "federation", "projected": {"sources": [{"serviceAccountToken": wanted}]}}]


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
