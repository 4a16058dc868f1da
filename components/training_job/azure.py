"""On Azure it runs in the cluster, as on any Kubernetes; its pods say that they take an identity."""

import pulumi

from components.kubernetes import training
from components.microsoft.pods import marked
from components.training_job.shape import TrainingJobOutputs, TrainingJobSpec


def build(name: str, spec: TrainingJobSpec, opts: pulumi.ResourceOptions) -> TrainingJobOutputs:
    """Start the job.

    Raises:
        ProblemsError: What the cluster is was not said.
    """
    return training.build(name, marked(spec), opts)
