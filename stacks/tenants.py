"""What runs on an environment: the training job and the endpoint that serves its model."""

import dataclasses
import sys
from typing import Any, Literal, cast

import pulumi

from components.identity.shape import Identity
from components.inference_service.shape import InferenceService
from components.training_job.shape import TrainingJob
from infra.settings import Serving, Training
from stacks.foundation import Foundation
from stacks.rights import run
from stacks.seats import SHARED, Seat
from workloads.pretrain.spec import PretrainSpec
from workloads.serve.spec import ServeSpec

RENDEZVOUS = "$(CAUSEWAY_RENDEZVOUS)"
"""Where the processes of several nodes meet; the cluster puts the address in."""


def train(ground: Foundation) -> TrainingJob:
    """Run the trainer on the cluster; its state lives in the store, so that it can be cut off and go on."""
    training = ground.settings.training
    assert training is not None
    spec, seat = PretrainSpec.parse(training.options), Seat.of(ground, training.pool, "training")
    identity = _identity(ground, "pretrain", training.store, "write")
    args = {
        **job(training, seat, _store(ground, training.store)),
        "platform": ground.settings.platform,
        "command": ground.cluster.pools.apply(lambda pools: spec.command(sys.executable, _workers(pools))),
        "cluster": seat.cluster(ground.cluster.kubeconfig, identity, _volume(ground)),
        "labels": ground.labels("training_job"),
    }
    return TrainingJob("pretrain", cast("Any", args), ground.content(identity))


def job(training: Training, seat: Seat, store: dict[str, pulumi.Input[str]]) -> dict[str, Any]:
    """Give what a training job is, wherever it runs: one process an accelerator, on every node of the seat."""
    spec, workers = PretrainSpec.parse(training.options), seat.accelerators or 2
    meeting = RENDEZVOUS if seat.nodes > 1 else "127.0.0.1:0"
    command = spec.command("python", workers, seat.nodes, meeting)
    pod = dataclasses.replace(
        spec.pod(seat.accelerators, "", "", training.run),
        command=tuple(command),
    )
    return {
        "command": command,
        "environment": {**spec.environment("", "", training.run), **store},
        "retries": training.retries,
        "timeout_minutes": training.timeout_minutes,
        "pod": dataclasses.asdict(pod),
    }


def serve(ground: Foundation, trained: TrainingJob | None) -> InferenceService:
    """Serve the model that the job made, or the one that is in the store already."""
    serving = ground.settings.serving
    assert serving is not None
    made = (
        trained.result if trained else pulumi.Output.from_input({"model": f"{run(ground.settings)}/export"})
    )
    identity = _identity(ground, "serve", serving.store, "read")
    seat, folder = Seat.of(ground, serving.pool, "serving"), SHARED if _mirrored(ground) else ""
    args = {
        **server(serving, made, folder, _store(ground, serving.store)),
        "platform": ground.settings.platform,
        "cluster": seat.cluster(ground.cluster.kubeconfig, identity, _volume(ground)),
        "labels": ground.labels("inference_service"),
    }
    return InferenceService("serve", cast("Any", args), ground.content(identity))


def server(
    serving: Serving,
    made: pulumi.Output[dict[str, Any]],
    folder: str,
    store: dict[str, pulumi.Input[str]],
) -> dict[str, Any]:
    """Give what an endpoint is, wherever it runs.

    Args:
        serving: Its settings.
        made: What the trainer reported: where in the store the model is.
        folder: Where pods see the store as files; empty where they don't.
        store: The variables by which a process finds its store.
    """
    spec = ServeSpec.parse({"drain_seconds": serving.drain_seconds, **serving.options})
    model = made.apply(lambda result: str(result["model"]))
    pod = {
        **dataclasses.asdict(spec.pod("")),
        "command": model.apply(lambda at: spec.container_command(f"{folder}{at}")),
    }
    return {
        "command": spec.command(sys.executable),
        "environment": {**spec.environment("", "", ""), **store, "CAUSEWAY_MODEL": model},
        "model": made.apply(_version),
        "port": serving.port,
        "replicas": serving.replicas,
        "restart": serving.restart,
        "drain_seconds": serving.drain_seconds,
        "pod": pod,
    }


def _version(result: dict[str, Any]) -> str:
    """Name the model with its digest where the trainer told it: servers restart when other weights are in its place."""
    return "@".join(str(result[part]) for part in ("model", "model_digest") if part in result)


def _mirrored(ground: Foundation) -> bool:
    return ground.filesystem is not None and ground.filesystem.mirrors


def _volume(ground: Foundation) -> dict[str, Any] | None:
    return dict(ground.filesystem.mounted()) if ground.filesystem else None


def _identity(ground: Foundation, workload: str, store: str, access: Literal["read", "write"]) -> Identity:
    """Give a workload its own identity, with rights on its part of its store and no more."""
    bucket = ground.stores[store]
    plain = ground.settings.stores[store].encryption == "none"
    right: dict[str, Any] = {"store": bucket.bucket_id, "access": access, "prefix": run(ground.settings)}
    if not plain:
        right["key"] = ground.keys.keys[ground.settings.stores[store].data_class]
    if vouched := bucket.vouched():
        right["authority"] = vouched
    args = {
        **ground.place,
        "account": ground.settings.account,
        "workload": workload,
        "cluster": ground.cluster.cluster_name,
        "issuer": ground.cluster.issuer,
        "stores": {store: right},
        "labels": ground.labels("identity"),
    }
    return Identity(workload, cast("Any", args), ground.inside)


def _workers(pools: dict[str, Any]) -> int:
    return int(next(iter(pools.values()))["accelerators"])


def _store(ground: Foundation, name: str) -> dict[str, pulumi.Input[str]]:
    store = ground.stores[name]
    return {"CAUSEWAY_STORE_URL": store.url, "CAUSEWAY_KEY_RING": store.key_ring}
