"""What runs on an environment: the training job and the endpoint that serves its model."""

import sys
from typing import TYPE_CHECKING, Any

import pulumi

from components.inference_service.shape import InferenceService
from components.training_job.shape import TrainingJob
from infra.settings import Training
from workloads.pretrain.spec import PretrainSpec
from workloads.serve.spec import ServeSpec

if TYPE_CHECKING:
    from stacks.blueprint import Foundation

RUN = str(Training.model_fields["run"].default)
"""Where the model is when this environment serves one that it didn't train."""


def train(ground: "Foundation") -> TrainingJob:
    """Run the trainer on the cluster; its state lives in the store, so that it can be cut off and go on."""
    training = ground.settings.training
    assert training is not None
    spec = PretrainSpec.parse(training.options)
    return TrainingJob(
        "pretrain",
        {
            "platform": ground.settings.platform,
            "command": ground.cluster.pools.apply(
                lambda pools: spec.command(sys.executable, _workers(pools))
            ),
            "environment": {**spec.environment("", "", training.run), **_store(ground, training.store)},
            "retries": training.retries,
            "timeout_minutes": training.timeout_minutes,
            "labels": ground.labels("training_job"),
        },
    )


def serve(ground: "Foundation", job: TrainingJob | None) -> InferenceService:
    """Serve the model that the job made, or the one that is in the store already."""
    serving = ground.settings.serving
    assert serving is not None
    spec = ServeSpec.parse({"drain_seconds": serving.drain_seconds, **serving.options})
    model: pulumi.Input[str] = (
        job.result.apply(lambda result: str(result["model"])) if job else f"{RUN}/export"
    )
    environment = {**spec.environment("", "", ""), **_store(ground, serving.store), "CAUSEWAY_MODEL": model}
    return InferenceService(
        "serve",
        {
            "platform": ground.settings.platform,
            "command": spec.command(sys.executable),
            "environment": environment,
            "model": model,
            "port": serving.port,
            "replicas": serving.replicas,
            "restart": serving.restart,
            "drain_seconds": serving.drain_seconds,
            "labels": ground.labels("inference_service"),
        },
    )


def _workers(pools: dict[str, Any]) -> int:
    return int(pools["local"]["accelerators"])


def _store(ground: "Foundation", name: str) -> dict[str, pulumi.Input[str]]:
    data_class = ground.settings.stores[name].data_class
    encrypted = ground.settings.stores[name].encryption != "none"
    ring: pulumi.Input[str] = ground.keys.keys[data_class] if encrypted else ""
    return {"CAUSEWAY_STORE_URL": ground.stores[name].url, "CAUSEWAY_KEY_RING": ring}
