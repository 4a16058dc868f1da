"""The default key of a bucket, set by a job: an upload that names none is encrypted all the same."""

from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components import site
from components.kubernetes import pods
from components.object_store.shape import ObjectStoreSpec

SCRIPT = Path(__file__).with_name("script.py")
FOLDER = "/default"
DEADLINE = 1800
"""Seconds: the first gateways of a store come up in minutes."""


def encrypt(
    title: str, spec: ObjectStoreSpec, authority: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> None:
    """Set the bucket's default key; a store without a key needs none.

    Args:
        title: The bucket, its claim, and what the claim's secret is called.
        spec: The store.
        authority: The certificate that vouches for the gateways.
        opts: After the claim.
    """
    if spec.key is None:
        return
    name = f"{title}-default"
    files = k8s.core.v1.ConfigMap(
        name,
        metadata={"name": name, "namespace": site.STORAGE, "labels": spec.labels},
        data={"script.py": SCRIPT.read_text(encoding="utf-8"), "ca.crt": authority},
        opts=opts,
    )
    ready = pulumi.ResourceOptions(depends_on=[files], delete_before_replace=True)
    k8s.batch.v1.Job(
        name,
        metadata={"name": name, "namespace": site.STORAGE, "labels": spec.labels},
        spec=job(title, name, spec.region or "default", spec.key),
        opts=pulumi.ResourceOptions.merge(opts, ready),
    )


def job(title: str, name: str, region: str, key: pulumi.Input[str]) -> dict[str, Any]:
    """Describe the job: Ceph's own image, which has Python, and the keys that Rook made for the bucket's owner."""
    said = {
        "KEY": key,
        "BUCKET": title,
        "REGION": region,
        "ENDPOINT": pulumi.Output.concat("https://", site.gateway(title)),
        "AUTHORITY": f"{FOLDER}/ca.crt",
    }
    owner = [
        {"name": part, "valueFrom": {"secretKeyRef": {"name": title, "key": part}}}
        for part in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    ]
    container = {
        "name": "default",
        "image": site.CEPH,
        "command": ["python3", f"{FOLDER}/script.py"],
        "env": [*({"name": part, "value": value} for part, value in said.items()), *owner],
        "volumeMounts": [{"name": "files", "mountPath": FOLDER, "readOnly": True}],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    return {
        "activeDeadlineSeconds": DEADLINE,
        "backoffLimit": 3,
        "template": {
            "metadata": {"labels": {"causeway/job": name}},
            "spec": {
                "automountServiceAccountToken": False,
                "restartPolicy": "OnFailure",
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": pods.USER,
                    "runAsGroup": pods.USER,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [container],
                "volumes": [{"name": "files", "configMap": {"name": name}}],
            },
        },
    }
