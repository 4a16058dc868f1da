"""A training job on Kubernetes: one indexed Job whose pods find each other by name.

A batch/v1 Job in Indexed mode with a headless Service gives every pod a stable name; torchrun restarts the gang by
itself when one is lost. So nothing but Kubernetes is needed; with Kueue in the cluster, `queue` hands it the start.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.kubernetes import joined, pods, reach, tenancy
from components.training_job.shape import TrainingJobOutputs, TrainingJobSpec

RENDEZVOUS = 29400
"""The port at which torchrun's processes meet on the first pod."""


def build(name: str, spec: TrainingJobSpec, opts: pulumi.ResourceOptions) -> TrainingJobOutputs:
    """Start the job; nobody waits for its end, since a run takes longer than a deployment.

    Raises:
        ProblemsError: What the cluster is was not said.
    """
    place = tenancy.place(spec.platform, spec.cluster)
    corner = tenancy.corner(name, tenancy.rights(place, spec.cluster), spec.labels, opts)
    joined.domain(corner, place.joined, spec.cluster["nodes"])
    volume = tenancy.claim(corner, spec.cluster["volume"]) if spec.cluster.get("volume") else None
    k8s.core.v1.Service(
        name,
        metadata=corner.metadata(),
        spec={
            "clusterIP": "None",
            "selector": {"causeway/job": name},
            "publishNotReadyAddresses": True,  # the gang meets before any of it is ready
            "ports": [{"name": "rendezvous", "port": RENDEZVOUS}],
        },
        opts=corner.opts,
    )
    plain = pods.spec(
        place,
        spec.pod,
        environment={**pods.environment(spec.environment, spec.pod), **meeting(name)},
        account=name,
        volume=volume,
        secret=corner.secret,
        token=spec.cluster.get("token"),
        libraries=joined.libraries(corner, place.joined),
    )
    template = tenancy.trusting(corner, plain)
    corner = reach.guard(corner, {"causeway/job": name}, spec.pod["ports"].values(), gang=True)
    k8s.batch.v1.Job(
        name,
        metadata=metadata(corner, spec.cluster),
        spec=job(name, spec, template, annotations(place, spec.cluster)),
        opts=pulumi.ResourceOptions.merge(
            corner.opts, pulumi.ResourceOptions(delete_before_replace=True, replace_on_changes=["spec"])
        ),
    )
    run = spec.environment.get("CAUSEWAY_RUN", "")
    model = pulumi.Output.concat(run, "/export")
    return TrainingJobOutputs(result=pulumi.Output.all(model=model).apply(dict))


def annotations(place: pods.Place, cluster: Mapping[str, Any]) -> dict[str, str]:
    """Ask for the fabric's interfaces, on platforms where a pod has to: GKE's own way, or by Multus elsewhere."""
    attached = {"k8s.v1.cni.cncf.io/networks": cluster["networks"]} if cluster.get("networks") else {}
    return {**pods.annotations(place), **attached}


def meeting(name: str) -> dict[str, str]:
    """Say where the processes meet: at the first pod, by its name in the headless service."""
    return {"CAUSEWAY_RENDEZVOUS": f"{name}-0.{name}:{RENDEZVOUS}"}


def metadata(corner: tenancy.Corner, cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Name the job, and the queue that starts it if there is one."""
    made = corner.metadata()
    queue = {"kueue.x-k8s.io/queue-name": cluster["queue"]} if cluster.get("queue") else {}
    return {
        **made,
        "labels": {**made["labels"], **queue},
        "annotations": {"pulumi.com/skipAwait": "true"},
    }


def job(
    name: str, spec: TrainingJobSpec, template: Mapping[str, Any], annotations: Mapping[str, str]
) -> dict[str, Any]:
    """Write the job: as many pods as nodes, all at once, none on another's node, with a deadline."""
    nodes = spec.cluster["nodes"]
    # a pod template cannot change in a job that runs: a new label of the environment must not restart a training
    labels = {"causeway/job": name, **spec.cluster.get("pod_labels", {})}
    apart = {
        "labelSelector": {"matchLabels": {"causeway/job": name}},
        "topologyKey": "kubernetes.io/hostname",
    }
    return {
        "completionMode": "Indexed",
        "completions": nodes,
        "parallelism": nodes,
        "backoffLimit": spec.retries * nodes,
        **final(name, spec.pod),
        "activeDeadlineSeconds": spec.timeout_minutes * 60,
        "ttlSecondsAfterFinished": 7 * 24 * 3600,
        "podReplacementPolicy": "Failed",  # the old pod's GPUs are free before the new one asks for them
        "template": {
            "metadata": {"labels": labels, **({"annotations": dict(annotations)} if annotations else {})},
            "spec": {
                **template,
                "restartPolicy": "Never",
                "subdomain": name,
                "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]}},
            },
        },
    }


def final(name: str, pod: Mapping[str, Any]) -> dict[str, Any]:
    """Spend no further attempt after the exit code by which the workload says that each would end alike."""
    if "final_code" not in pod:
        return {}
    code = {"containerName": name, "operator": "In", "values": [pod["final_code"]]}
    return {"podFailurePolicy": {"rules": [{"action": "FailJob", "onExitCodes": code}]}}
