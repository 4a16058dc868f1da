"""On Google Cloud it runs in the cluster; its pods bear the taint that GKE puts on Arm machines."""

import dataclasses

import pulumi

from components.google import ARM_TAINT
from components.kubernetes import training
from components.training_job.shape import TrainingJobOutputs, TrainingJobSpec
from infra.catalog import machines


def build(name: str, spec: TrainingJobSpec, opts: pulumi.ResourceOptions) -> TrainingJobOutputs:
    """Start the job.

    Raises:
        ProblemsError: What the cluster is was not said.
    """
    return training.build(name, borne(spec), opts)


def borne(spec: TrainingJobSpec) -> TrainingJobSpec:
    """Let the pods onto Arm machines where that is what the pool has."""
    name = spec.cluster.get("machine")
    if not name or machines.get("gcp", name).arch != "arm64":
        return spec
    taints = [*spec.cluster.get("taints", ()), ARM_TAINT]
    return dataclasses.replace(spec, cluster={**spec.cluster, "taints": taints})
