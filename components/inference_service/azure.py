"""On Azure it runs in the cluster, as on any Kubernetes; its pods say that they take an identity."""

import pulumi

from components.inference_service.shape import InferenceServiceOutputs, InferenceServiceSpec
from components.kubernetes import serving
from components.microsoft.pods import marked


def build(name: str, spec: InferenceServiceSpec, opts: pulumi.ResourceOptions) -> InferenceServiceOutputs:
    """Start the servers.

    Raises:
        ProblemsError: What the cluster is was not said.
    """
    return serving.build(name, marked(spec), opts)
