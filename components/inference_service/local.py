"""An inference service as a supervised process of this machine."""

import pulumi

from components.inference_service.shape import InferenceServiceOutputs, InferenceServiceSpec
from infra.paths import project, stack_home
from providers.localhost import sdk


def build(name: str, spec: InferenceServiceSpec, opts: pulumi.ResourceOptions) -> InferenceServiceOutputs:
    """Start one server on the loopback address and wait until it is ready.

    Raises:
        ValueError: More than one replica is asked for, which one port can't have.
    """
    if spec.replicas != 1:
        raise ValueError(
            f"inference service {name!r}: this machine runs one server, given replicas: {spec.replicas}"
        )
    folder = stack_home(pulumi.get_stack()) / "services" / name
    service = sdk.Service(
        name,
        sdk.ServiceArgs(
            command=spec.command,
            environment={**spec.environment, "CAUSEWAY_SCRATCH": str(folder / "scratch")},
            directory=str(folder),
            workdir=str(project()),
            port=spec.port,
            health_path=spec.health_path,
            start_timeout_seconds=spec.start_seconds,
            drain_seconds=spec.drain_seconds,
            restart=spec.restart,
            triggers={"model": spec.model},
        ),
        opts,
    )
    return InferenceServiceOutputs(url=service.url)
