"""Pods of Kubernetes, wherever a type keeps its template."""

from policy.model.resource import Resource

_TEMPLATED = {
    "kubernetes:apps/v1:Deployment": "spec.template.spec",
    "kubernetes:apps/v1:StatefulSet": "spec.template.spec",
    "kubernetes:apps/v1:DaemonSet": "spec.template.spec",
    "kubernetes:batch/v1:Job": "spec.template.spec",
    "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec.template.spec",
    "kubernetes:core/v1:Pod": "spec",
}

PODS = tuple(_TEMPLATED)
"""The types that have pods."""

SYSTEM_NAMESPACES = frozenset({"kube-system", "gpu-operator", "network-operator", "nvidia-network-operator"})
"""Where drivers and device plug-ins run, which need the machine itself."""

GPUS = ("nvidia.com/gpu", "amd.com/gpu", "aws.amazon.com/neuron", "google.com/tpu")
"""Extended resources that are accelerators."""


def pod(resource: Resource) -> str:
    """Give the path of the pod's specification."""
    return _TEMPLATED[resource.type]


def uses_accelerators(resource: Resource) -> bool:
    """Tell whether a container asks for an accelerator."""
    limits = resource.find(f"{pod(resource)}.containers[*].resources.limits")
    return any(name in found.value for found in limits if isinstance(found.value, dict) for name in GPUS)
