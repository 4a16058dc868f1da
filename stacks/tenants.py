"""What runs on an environment: the training job and the endpoint that serves its model."""

import dataclasses
import sys
from typing import Any, Literal, cast

import pulumi

from components.identity.shape import Identity
from components.inference_service.shape import InferenceService
from components.training_job.shape import TrainingJob
from stacks.foundation import Foundation
from stacks.pools import fabric_pools, resolve
from stacks.rights import RUN
from workloads.pretrain.spec import PretrainSpec
from workloads.serve.spec import ServeSpec

RENDEZVOUS = "$(CAUSEWAY_RENDEZVOUS)"
"""Where the processes of several nodes meet; the cluster puts the address in."""


SHARED = "/shared/store/"
"""Where pods see the store's objects as files, on environments with a shared file system."""


def train(ground: Foundation) -> TrainingJob:
    """Run the trainer on the cluster; its state lives in the store, so that it can be cut off and go on."""
    training = ground.settings.training
    assert training is not None
    spec, seat = PretrainSpec.parse(training.options), Seat.of(ground, training.pool, "training")
    nodes, workers = seat.nodes, seat.accelerators or 2
    meeting = RENDEZVOUS if nodes > 1 else "127.0.0.1:0"
    pod = dataclasses.replace(
        spec.pod(seat.accelerators, "", "", RUN),
        command=tuple(spec.command("python", workers, nodes, meeting)),
    )
    identity = _identity(ground, "pretrain", training.store, "write")
    args = {
        "platform": ground.settings.platform,
        "command": ground.cluster.pools.apply(lambda pools: spec.command(sys.executable, _workers(pools))),
        "environment": {**spec.environment("", "", RUN), **_store(ground, training.store)},
        "retries": training.retries,
        "timeout_minutes": training.timeout_minutes,
        "pod": dataclasses.asdict(pod),
        "cluster": seat.cluster(ground, identity),
        "labels": ground.labels("training_job"),
    }
    return TrainingJob("pretrain", cast("Any", args), ground.content(identity))


def serve(ground: Foundation, job: TrainingJob | None) -> InferenceService:
    """Serve the model that the job made, or the one that is in the store already."""
    serving = ground.settings.serving
    assert serving is not None
    spec = ServeSpec.parse({"drain_seconds": serving.drain_seconds, **serving.options})
    made = job.result if job else pulumi.Output.from_input({"model": f"{RUN}/export"})
    model = made.apply(lambda result: str(result["model"]))
    identity = _identity(ground, "serve", serving.store, "read")
    folder = SHARED if ground.filesystem else ""
    pod = {
        **dataclasses.asdict(spec.pod("")),
        "command": model.apply(lambda at: spec.container_command(f"{folder}{at}")),
    }
    args = {
        "platform": ground.settings.platform,
        "command": spec.command(sys.executable),
        "environment": {
            **spec.environment("", "", ""),
            **_store(ground, serving.store),
            "CAUSEWAY_MODEL": model,
        },
        "model": made.apply(_version),
        "port": serving.port,
        "replicas": serving.replicas,
        "restart": serving.restart,
        "drain_seconds": serving.drain_seconds,
        "pod": pod,
        "cluster": Seat.of(ground, serving.pool, "serving").cluster(ground, identity),
        "labels": ground.labels("inference_service"),
    }
    return InferenceService("serve", cast("Any", args), ground.content(identity))


def _version(result: dict[str, Any]) -> str:
    """Name the model with its digest where the trainer told it: servers restart when other weights are in its place."""
    return "@".join(str(result[part]) for part in ("model", "model_digest") if part in result)


@dataclasses.dataclass(frozen=True)
class Seat:
    """The pool that a workload runs on; without pools, the cluster's own one."""

    pool: str = ""
    """The pool's name."""
    machine: str = ""
    """Its machine type."""
    nodes: int = 1
    """How many machines."""
    accelerators: int = 0
    """Accelerators of one machine."""
    fabric: bool = False
    """Whether its machines join their fabric."""

    @classmethod
    def of(cls, ground: Foundation, name: str | None, purpose: str) -> "Seat":
        """Find the pool of that name, or the first one of that purpose."""
        pools = ground.settings.cluster.pools
        found = name or next((one for one, pool in pools.items() if pool.purpose == purpose), "")
        if not found:
            return cls()
        machine, nodes = resolve(ground.settings, pools[found])
        return cls(found, machine.name, nodes, machine.gpus, found in fabric_pools(ground.settings))

    def cluster(self, ground: Foundation, identity: Identity) -> dict[str, Any]:
        """Give what the workload's component has to know of the cluster."""
        shared = ground.filesystem
        volume = {part: shared.volume[part] for part in VOLUME} if shared else None
        return {
            "kubeconfig": ground.cluster.kubeconfig,
            "pool": self.pool,
            "machine": self.machine,
            "nodes": self.nodes,
            "fabric": self.fabric,
            "annotations": identity.annotations,
            **({"volume": volume} if volume else {}),
            **({"networks": networks} if (networks := ground.cluster.networks.get(self.pool)) else {}),
            **({"credentials": dict(identity.credentials)} if identity.credentials else {}),
        }


VOLUME = ("driver", "handle", "attributes", "capacity_gib")


def _identity(ground: Foundation, workload: str, store: str, access: Literal["read", "write"]) -> Identity:
    """Give a workload its own identity, with rights on its part of its store and no more."""
    bucket = ground.stores[store]
    plain = ground.settings.stores[store].encryption == "none"
    right: dict[str, Any] = {"store": bucket.bucket_id, "access": access, "prefix": RUN}
    if not plain:
        right["key"] = ground.keys.keys[ground.settings.stores[store].data_class]
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
