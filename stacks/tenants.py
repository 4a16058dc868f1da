"""What runs on an environment: the training job and the endpoint that serves its model."""

import dataclasses
import sys
from collections.abc import Mapping
from typing import Any, Literal, cast

import pulumi

from components.identity.shape import Identity
from components.inference_service.shape import InferenceService
from components.training_job.shape import TrainingJob
from infra.problems import Problem, ProblemsError
from infra.settings import Serving, Training
from stacks.host import Host
from stacks.rights import served
from stacks.seats import Seat
from workloads.pretrain.spec import PretrainSpec
from workloads.serve.spec import ServeSpec

RENDEZVOUS = "$(CAUSEWAY_RENDEZVOUS)"
"""Where the processes of several nodes meet; the cluster puts the address in."""


def tenants(host: Host, training: Training | None, serving: Serving | None) -> dict[str, pulumi.Input[Any]]:
    """Run what the settings ask for and give what it exports."""
    outputs: dict[str, pulumi.Input[Any]] = {}
    job = train(host, training) if training else None
    if job:
        outputs["training"] = job.result
    if serving:
        outputs["endpoint"] = serve(host, serving, training, job).url
    return outputs


def train(host: Host, training: Training) -> TrainingJob:
    """Run the trainer on the cluster; its state lives in the store, so that it can be cut off and go on."""
    spec, name = PretrainSpec.parse(training.options), host.name("pretrain")
    seat = host.seat(training.pool, "training")
    who = identity(host, name, training.store, "write", training.run)
    workers = pulumi.Output.from_input(host.cluster.workers)
    args = {
        **job(training, seat, host.variables(training.store)),
        "platform": host.platform,
        "command": workers.apply(lambda count: spec.command(sys.executable, count)),
        "cluster": seat.cluster(host.cluster.kubeconfig, who, host.mounted(training.store)),
        "labels": host.labels("training_job"),
    }
    return TrainingJob(name, cast("Any", args), host.content(who))


def job(training: Training, seat: Seat, store: Mapping[str, pulumi.Input[str]]) -> dict[str, Any]:
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


def serve(
    host: Host, serving: Serving, training: Training | None, trained: TrainingJob | None
) -> InferenceService:
    """Serve the model that the job made, or one that is in the store already.

    Raises:
        ProblemsError: The server reads files, and no file system shows it the store.
    """
    readable(host, serving)
    name, run = host.name("serve"), served(serving, training)
    own = trained and training and (training.store, training.run) == (serving.store, run)
    made = trained.result if trained and own else pulumi.Output.from_input({"model": f"{run}/export"})
    who = identity(host, name, serving.store, "read", run)
    seat = host.seat(serving.pool, "serving")
    args = {
        **server(serving, made, host.folder(serving.store), host.variables(serving.store)),
        "platform": host.platform,
        "cluster": seat.cluster(host.cluster.kubeconfig, who, host.mounted(serving.store)),
        "labels": host.labels("inference_service"),
    }
    return InferenceService(name, cast("Any", args), host.content(who))


def readable(host: Host, serving: Serving) -> None:
    """Refuse the server vLLM where pods do not see the store as files: it would take the model's path for a name.

    Raises:
        ProblemsError: Says which server reads the store itself.
    """
    if serving.options.get("engine") == "vllm" and not host.folder(serving.store):
        text = f"vllm reads files, and no file system shows it what is in {serving.store}"
        fix = "causeway, or a filesystem over the store where the platform mirrors one (aws, gcp)"
        raise ProblemsError("the server can't be built", [Problem("serving.options.engine", text, fix)])


def server(
    serving: Serving,
    made: pulumi.Output[dict[str, Any]],
    folder: str,
    store: Mapping[str, pulumi.Input[str]],
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


def identity(
    host: Host,
    name: str,
    store: str,
    access: Literal["read", "write"],
    run: str,
    *,
    issuer: str = "",
) -> Identity:
    """Give a workload its own identity, with rights on its part of its store and no more.

    Args:
        host: The environment with the store.
        name: The workload.
        store: The store.
        access: What it may do there.
        run: The part of the store.
        issuer: Who signs the tokens of its cluster, when it runs in another place. Default: it runs here.
    """
    home = {"cluster": host.cluster.name, "issuer": host.cluster.issuer}
    args = {
        "platform": host.platform,
        "region": host.region,
        "account": host.account,
        "workload": name,
        **({"issuer": issuer} if issuer else home),
        "stores": {store: {**host.stores[store].right, "access": access, "prefix": run}},
        "labels": host.labels("identity"),
    }
    return Identity(name, cast("Any", args), host.access.inside())
