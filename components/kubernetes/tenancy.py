"""A workload's own corner of a cluster: namespace, service account, and its part of a shared file system."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.kubernetes import access, fabric
from components.kubernetes.pods import Place
from infra.catalog import machines
from infra.platforms import Platform
from infra.problems import Problem, ProblemsError

NEEDED = ("kubeconfig", "pool", "machine", "fabric", "nodes")
"""What a workload must be told of its cluster."""

CREDENTIALS = "credentials"
"""The name of the secret with a workload's credentials, where the platform has no identities of its own."""

AUTHORITY = "CAUSEWAY_AUTHORITY"
"""The entry of the credentials with the certificate by which a workload knows its store, where no public one does."""

SHARED = "/shared"
"""Where pods find the shared file system."""


@dataclass(frozen=True)
class Corner:
    """Where a workload's objects go."""

    name: str
    """The workload: name of the namespace and of the service account."""
    labels: Mapping[str, str]
    """Labels of every object, in Kubernetes' spelling."""
    opts: pulumi.ResourceOptions
    """Options of every object: in this cluster, in this namespace's time."""
    secret: str = ""
    """The secret with the workload's credentials. Default: none, the platform hands them out."""
    vouched: bool = False
    """Whether that secret holds the certificate by which the store is known. Default: public authorities vouch."""

    def metadata(self, name: str = "") -> dict[str, Any]:
        """Give the metadata of an object of the corner. Default: named like the workload."""
        return {"name": name or self.name, "namespace": self.name, "labels": {**self.labels}}


def place(platform: Platform, cluster: Mapping[str, Any]) -> Place:
    """Read where a workload runs from what its component was told.

    Raises:
        ProblemsError: Something is missing.
    """
    missing = [
        Problem(f"cluster.{name}", "is missing: Kubernetes needs it")
        for name in NEEDED
        if name not in cluster
    ]
    if missing:
        raise ProblemsError("the workload can't be placed", missing)
    machine = machines.get(platform, cluster["machine"])
    taints, image = tuple(cluster.get("taints", ())), cluster.get("daemon_image", "")
    return Place(cluster["pool"], machine, cluster["fabric"], taints, image)


def rights(place: Place, cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Open the namespace of a workload whose fabric needs the node's own network or folders, and no other."""
    return {**cluster, "privileged": place.joined is not None and fabric.privileged(place.joined)}


def corner(
    name: str, cluster: Mapping[str, Any], labels: Mapping[str, str], opts: pulumi.ResourceOptions
) -> Corner:
    """Make a workload's namespace and service account; pods of the namespace may not ask for rights over nodes."""
    provider = access.provider(name, cluster["kubeconfig"], opts)
    inside = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(provider=provider))
    spelled = kubernetes_labels(labels)
    namespace = k8s.core.v1.Namespace(
        name,
        metadata={
            "name": name,
            "labels": {
                **spelled,
                "pod-security.kubernetes.io/enforce": "restricted"
                if not cluster.get("privileged")
                else "privileged",
                "pod-security.kubernetes.io/enforce-version": "latest",
            },
        },
        opts=inside,
    )
    within = pulumi.ResourceOptions.merge(inside, pulumi.ResourceOptions(depends_on=[namespace]))
    credentials = cluster.get("credentials") or {}
    made = Corner(name, spelled, within, CREDENTIALS if credentials else "", AUTHORITY in credentials)
    held = [_credentials(made, credentials)] if credentials else []
    account = k8s.core.v1.ServiceAccount(
        name,
        metadata={**made.metadata(), "annotations": cluster.get("annotations") or {}},
        automount_service_account_token=False,
        opts=within,
    )
    # pods come after what they are and know, and go before it: the last write of a drain needs both
    after = pulumi.ResourceOptions.merge(within, pulumi.ResourceOptions(depends_on=[account, *held]))
    return replace(made, opts=after)


def _credentials(corner: Corner, credentials: Mapping[str, Any]) -> pulumi.CustomResource:
    made: pulumi.CustomResource = k8s.core.v1.Secret(
        f"{corner.name}-{CREDENTIALS}",
        metadata=corner.metadata(CREDENTIALS),
        string_data=pulumi.Output.secret(dict(credentials)),
        opts=corner.opts,
    )
    return made


def trusting(corner: Corner, template: Mapping[str, Any]) -> dict[str, Any]:
    """Let a pod's programs know their store by its own certificate; nothing changes where public authorities vouch.

    The variables are those of OpenSSL and rustls, and of Amazon's libraries.
    """
    if not corner.vouched:
        return dict(template)
    folder = "/authority"
    file = f"{folder}/ca.crt"
    env = [{"name": name, "value": file} for name in ("AWS_CA_BUNDLE", "SSL_CERT_FILE")]
    mount = {"name": "authority", "mountPath": folder, "readOnly": True}
    items = [{"key": AUTHORITY, "path": "ca.crt"}]
    volume = {
        "name": "authority",
        "secret": {"secretName": corner.secret, "items": items, "defaultMode": 0o440},
    }
    containers = [
        {**one, "env": [*one["env"], *env], "volumeMounts": [*one["volumeMounts"], mount]}
        for one in template["containers"]
    ]
    return {**template, "containers": containers, "volumes": [*template["volumes"], volume]}


def kubernetes_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Spell labels of a cloud for Kubernetes: colons of a key become hyphens, values lose what it forbids."""
    return {key.replace(":", "-"): _value(value) for key, value in labels.items()}


def _value(text: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in text)
    return kept[:63].strip("._-")


def claim(corner: Corner, volume: Mapping[str, Any]) -> dict[str, Any]:
    """Bind the shared file system for this workload; gives what a pod needs to mount it.

    Args:
        corner: Where the workload lives.
        volume: `SharedFilesystem.volume`: driver, handle, attributes and capacity_gib, and where they are needed the
            secret by which nodes mount it, mount_options, access and path. Default: no secret; flock, which Lustre
            wants said; many writers; at `SHARED`.
    """
    access = volume.get("access", "ReadWriteMany")
    keys = {"nodeStageSecretRef": volume["secret"]} if volume.get("secret") else {}
    size = {"storage": pulumi.Output.from_input(volume["capacity_gib"]).apply("{}Gi".format)}
    title = f"{corner.name}-shared"
    bound = k8s.core.v1.PersistentVolume(
        title,
        metadata={"name": title, "labels": dict(corner.labels)},
        spec={
            "capacity": size,
            "accessModes": [access],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "",
            "mountOptions": volume.get("mount_options", ["flock"]),
            "claimRef": {"namespace": corner.name, "name": title},
            "csi": {
                "driver": volume["driver"],
                "volumeHandle": volume["handle"],
                "volumeAttributes": volume["attributes"],
                **({"readOnly": True} if access == "ReadOnlyMany" else {}),
                **keys,
            },
        },
        opts=corner.opts,
    )
    k8s.core.v1.PersistentVolumeClaim(
        title,
        metadata=corner.metadata(title),
        spec={
            "accessModes": [access],
            "storageClassName": "",
            "volumeName": title,
            "resources": {"requests": size},
        },
        opts=pulumi.ResourceOptions.merge(corner.opts, pulumi.ResourceOptions(depends_on=[bound])),
    )
    return {"claim": title, "path": volume.get("path", SHARED)}
