"""The neutral shape of an inference service."""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi

from components.reading import Reader
from infra.platforms import Platform, backend

RESTART = ("never", "on-failure", "always")


class InferenceServiceArgs(TypedDict):
    """One serving endpoint."""

    platform: str
    """Where: aws, gcp, azure, onprem or local."""
    command: pulumi.Input[list[str]]
    """The program and its arguments, as the workload's `spec.py` gives them."""
    environment: dict[str, pulumi.Input[str]]
    """Environment variables, as the workload's `spec.py` gives them."""
    model: pulumi.Input[str]
    """What is served; when it changes the servers restart after draining."""
    health_path: NotRequired[str]
    """The route that says that it is ready. Default: /healthz."""
    port: NotRequired[int]
    """The port on this machine; 0 takes a free one and keeps it. Default: 0."""
    replicas: NotRequired[int]
    """How many servers (1 to 1000). Default: 1."""
    restart: NotRequired[str]
    """never, on-failure or always. Default: on-failure."""
    start_seconds: NotRequired[int]
    """How long it may take to become ready, in seconds (1 to 7200). Default: 120."""
    drain_seconds: NotRequired[int]
    """How long running requests may finish when it stops, in seconds (0 to 600). Default: 20."""
    pod: NotRequired[dict[str, Any]]
    """On Kubernetes: one pod, as the workload's `spec.py` describes it. Default: none."""
    cluster: NotRequired[dict[str, pulumi.Input[Any]]]
    """On Kubernetes: kubeconfig, pool, machine, nodes and fabric; queue, annotations, volume, token. Default: none."""
    labels: NotRequired[dict[str, str]]
    """Labels, in the platform's spelling. Default: none."""


@dataclass(frozen=True)
class InferenceServiceSpec:
    """The checked form of `InferenceServiceArgs`, every field present."""

    platform: Platform
    command: pulumi.Input[list[str]]
    environment: dict[str, pulumi.Input[str]]
    model: pulumi.Input[str]
    health_path: str
    port: int
    replicas: int
    restart: str
    start_seconds: int
    drain_seconds: int
    pod: dict[str, Any]
    cluster: dict[str, Any]
    labels: dict[str, str]


@dataclass(frozen=True)
class InferenceServiceOutputs:
    """What a backend gives back."""

    url: pulumi.Output[str]
    """The address of the endpoint."""


class InferenceService(pulumi.ComponentResource):
    """One serving endpoint."""

    url: pulumi.Output[str]
    """The address of the endpoint."""

    def __init__(
        self, name: str, args: InferenceServiceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("causeway:index:InferenceService", name, dict(args), opts)
        spec = parse(args)
        made = backend("inference_service", spec.platform).build(name, spec, _inside(self, opts))
        self.url = made.url
        self.register_outputs({"url": self.url})


def _inside(parent: pulumi.Resource, opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    # parts come after the machines and go when the cluster goes; the SDK hands neither down to children by itself
    given = opts or pulumi.ResourceOptions()
    return pulumi.ResourceOptions(parent=parent, depends_on=given.depends_on, deleted_with=given.deleted_with)


def parse(args: InferenceServiceArgs | dict[str, Any]) -> InferenceServiceSpec:
    """Check the arguments and fill in defaults.

    Raises:
        ProblemsError: Carries every mistake at once.
    """
    reader = Reader("InferenceService", args, InferenceServiceArgs.__annotations__)
    spec = InferenceServiceSpec(
        platform=reader.platform(),
        command=reader.required("command"),
        environment=reader.mapping("environment"),
        model=reader.required("model"),
        health_path=reader.text("health_path", "/healthz"),
        port=reader.whole("port", 0, 0, 65535),
        replicas=reader.whole("replicas", 1, 1, 1000),
        restart=reader.choice("restart", RESTART, "on-failure"),
        start_seconds=reader.whole("start_seconds", 120, 1, 7200),
        drain_seconds=reader.whole("drain_seconds", 20, 0, 600),
        pod=reader.mapping("pod"),
        cluster=reader.mapping("cluster"),
        labels=reader.mapping("labels"),
    )
    reader.done()
    return spec
