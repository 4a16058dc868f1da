"""What pods on AKS carry beside the common: the word that they take an identity, and patience with spot machines."""

import dataclasses
from typing import TypeVar

from components.inference_service.shape import InferenceServiceSpec
from components.training_job.shape import TrainingJobSpec

SPOT_TAINT = "kubernetes.azure.com/scalesetpriority"
"""The taint that AKS itself puts on spot machines."""

IDENTITY = {"azure.workload.identity/use": "true"}
"""The label by which AKS hands a pod the token of its service account (workload identity's documentation)."""

_Spec = TypeVar("_Spec", TrainingJobSpec, InferenceServiceSpec)


def marked(spec: _Spec) -> _Spec:
    """Give the workload with what AKS wants its pods to carry."""
    more = {"pod_labels": IDENTITY, "taints": (SPOT_TAINT,)}
    return dataclasses.replace(spec, cluster={**spec.cluster, **more})
