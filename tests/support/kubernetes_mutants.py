"""One job that is right, and what can be wrong with it: for the stand-in and for a real API server alike."""

import copy
from collections.abc import Mapping
from typing import Any

RESTRICTED: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "it", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
}
RIGHT: dict[str, Any] = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "it", "namespace": "it", "labels": {"team": "research"}},
    "spec": {
        "template": {
            "metadata": {"labels": {"causeway/job": "it"}, "annotations": {"causeway/model": "m"}},
            "spec": {
                "restartPolicy": "Never",
                "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
                "containers": [
                    {
                        "name": "it",
                        "image": "example.org/it",
                        "ports": [{"name": "metrics", "containerPort": 9400}],
                        "resources": {
                            "requests": {"cpu": "500m", "memory": "8Gi", "nvidia.com/gpu": "8"},
                            "limits": {"memory": "8Gi", "nvidia.com/gpu": "8"},
                        },
                        "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}],
                        "securityContext": {
                            "allowPrivilegeEscalation": False,
                            "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
                        },
                    }
                ],
                "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": "4Gi"}}],
            },
        }
    },
}
POD = ("spec", "template", "spec")
BOX = (*POD, "containers", 0)
GIVEN: Mapping[str, tuple[tuple[str | int, ...], Any]] = {
    "a misspelt field": ((*POD, "restartPolic"), "Never"),
    "a label value": (("metadata", "labels", "owner"), "ml platform"),
    "a label of the pods": (("spec", "template", "metadata", "labels", "bad key"), "x"),
    "an annotation key": (("spec", "template", "metadata", "annotations", "bad key"), "x"),
    "a name": (("metadata", "name"), "It"),
    "a container's name": ((*BOX, "name"), "it_"),
    "a port's name": ((*BOX, "ports", 0, "name"), "a-name-that-is-too-long"),
    "a quantity": ((*BOX, "resources", "limits", "memory"), "8GB"),
    "a request above its limit": ((*BOX, "resources", "requests", "memory"), "16Gi"),
    "an extended resource without a limit": ((*BOX, "resources", "requests", "rdma/ib"), "8"),
    "a mount without a volume": ((*BOX, "volumeMounts", 0, "name"), "other"),
    "a text for a number": ((*POD, "terminationGracePeriodSeconds"), "thirty"),
    "a capability": ((*BOX, "securityContext", "capabilities", "add"), ["IPC_LOCK"]),
    "capabilities that stay": ((*BOX, "securityContext", "capabilities", "drop"), []),
    "escalation": ((*BOX, "securityContext", "allowPrivilegeEscalation"), True),
    "root": ((*POD, "securityContext", "runAsNonRoot"), False),
    "root by number": ((*POD, "securityContext", "runAsUser"), 0),
    "no profile of system calls": ((*POD, "securityContext", "seccompProfile"), {"type": "Unconfined"}),
    "the node's network": ((*POD, "hostNetwork"), True),
    "the node's processes": ((*POD, "hostPID"), True),
    "a folder of the node": ((*POD, "volumes", 0), {"name": "scratch", "hostPath": {"path": "/"}}),
}
"""By what is wrong: where, and the value there."""


def mutant(what: str) -> dict[str, Any]:
    """Give the job with one thing wrong."""
    (*path, last), value = GIVEN[what]
    made = copy.deepcopy(RIGHT)
    inner: Any = made
    for step in path:
        inner = inner[step]
    inner[last] = value
    return made
