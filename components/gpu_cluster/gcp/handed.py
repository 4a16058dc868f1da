"""What hands GPUs to a fabric's daemon, which asks for none of its own: Google's plugin of the container runtime."""

from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.gpu_cluster.gcp import node_pool
from components.gpu_cluster.gcp.versions import INJECTOR
from components.gpu_cluster.pools import NodePoolSpec, only_on
from components.kubernetes.operators import tolerations

NAME = "device-injector"
FOLDERS = {"dev": "/dev", "nri": "/var/run/nri"}
"""Folders of the node that it works in (container-engine-accelerators, nri-device-injector.yaml)."""


def install(pools: list[NodePoolSpec], opts: pulumi.ResourceOptions) -> None:
    """Install it on the pools whose fabric has a daemon; on none if there are none."""
    if not pools:
        return
    k8s.apps.v1.DaemonSet(
        NAME,
        metadata={"name": NAME, "namespace": "kube-system", "labels": {"k8s-app": NAME}},
        spec=daemon_set(pools),
        opts=opts,
    )


def daemon_set(pools: list[NodePoolSpec]) -> dict[str, Any]:
    """Write it: on the nodes of these pools alone."""
    return {
        "selector": {"matchLabels": {"k8s-app": NAME}},
        "updateStrategy": {"type": "RollingUpdate"},
        "template": {
            "metadata": {"labels": {"k8s-app": NAME}},
            "spec": {
                "priorityClassName": "system-node-critical",
                "affinity": {"nodeAffinity": only_on(pools)},
                "tolerations": tolerations(node_pool.borne(pools)),
                "hostNetwork": True,
                "hostPID": True,
                "containers": [
                    {
                        "name": NAME,
                        "image": INJECTOR,
                        "resources": {"requests": {"cpu": "150m"}},
                        "securityContext": {"privileged": True},
                        "volumeMounts": [{"name": name, "mountPath": at} for name, at in FOLDERS.items()],
                    }
                ],
                "volumes": [{"name": name, "hostPath": {"path": at}} for name, at in FOLDERS.items()],
            },
        },
    }
