"""The neutral shape of a training job."""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi

from components.reading import Reader
from infra.platforms import Platform, backend


class TrainingJobArgs(TypedDict):
    """One run of a trainer."""

    platform: str
    """Where: aws, gcp, azure, onprem or local."""
    command: pulumi.Input[list[str]]
    """The program and its arguments, as the workload's `spec.py` gives them."""
    environment: dict[str, pulumi.Input[str]]
    """Environment variables, as the workload's `spec.py` gives them."""
    retries: NotRequired[int]
    """How often a failed run starts again (0 to 100). Default: 2."""
    timeout_minutes: NotRequired[int]
    """The longest it may take, in minutes. Default: 60."""
    pod: NotRequired[dict[str, Any]]
    """On Kubernetes: one pod, as the workload's `spec.py` describes it. Default: none."""
    cluster: NotRequired[dict[str, pulumi.Input[Any]]]
    """On Kubernetes: kubeconfig, pool, machine, nodes and fabric; queue, annotations, volume, token. Default: none."""
    labels: NotRequired[dict[str, str]]
    """Labels, in the platform's spelling. Default: none."""


@dataclass(frozen=True)
class TrainingJobSpec:
    """The checked form of `TrainingJobArgs`, every field present."""

    platform: Platform
    command: pulumi.Input[list[str]]
    environment: dict[str, pulumi.Input[str]]
    retries: int
    timeout_minutes: int
    pod: dict[str, Any]
    cluster: dict[str, Any]
    labels: dict[str, str]


@dataclass(frozen=True)
class TrainingJobOutputs:
    """What a backend gives back."""

    result: pulumi.Output[dict[str, Any]]
    """What the trainer reported: losses, steps, where the model is."""


class TrainingJob(pulumi.ComponentResource):
    """One run of a trainer."""

    result: pulumi.Output[dict[str, Any]]
    """What the trainer reported: losses, steps, where the model is."""

    def __init__(self, name: str, args: TrainingJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("causeway:index:TrainingJob", name, dict(args), opts)
        spec = parse(args)
        made = backend("training_job", spec.platform).build(name, spec, _inside(self, opts))
        self.result = made.result
        self.register_outputs({"result": self.result})


def _inside(parent: pulumi.Resource, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    # parts come after the machines and go when the cluster goes; the SDK hands neither down to children by itself
    given = opts or pulumi.ResourceOptions()
    return pulumi.ResourceOptions(parent=parent, depends_on=given.depends_on, deleted_with=given.deleted_with)


def parse(args: TrainingJobArgs | dict[str, Any]) -> TrainingJobSpec:
    """Check the arguments and fill in defaults.

    Raises:
        ProblemsError: Carries every mistake at once.
    """
    reader = Reader("TrainingJob", args, TrainingJobArgs.__annotations__)
    spec = TrainingJobSpec(
        platform=reader.platform(),
        command=reader.required("command"),
        environment=reader.mapping("environment"),
        retries=reader.whole("retries", 2, 0, 100),
        timeout_minutes=reader.whole("timeout_minutes", 60, 1, 60 * 24 * 60),
        pod=reader.mapping("pod"),
        cluster=reader.mapping("cluster"),
        labels=reader.mapping("labels"),
    )
    reader.done()
    return spec
