"""One training run, rendered for four platforms: what may differ is listed here, and everything else is the same."""

import dataclasses
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import pulumi
import pytest

from components.kubernetes import pods, tenancy, training
from components.microsoft.pods import marked
from components.training_job.shape import TrainingJobSpec, parse
from infra.platforms import Platform
from workloads.pretrain.spec import PretrainSpec

MACHINES: Mapping[Platform, str] = {
    "aws": "p5.48xlarge",
    "gcp": "a3-megagpu-8g",
    "azure": "Standard_ND96isr_H100_v5",
    "onprem": "hgx-h100",
}
"""By platform: a machine with eight H100 and a fabric."""

URLS: Mapping[Platform, str] = {
    "aws": "s3://artifacts",
    "gcp": "gs://artifacts",
    "azure": "az://account/artifacts",
    "onprem": "s3://artifacts",
}

POD = "spec.template.spec"
CONTAINER = f"{POD}.containers.pretrain"
MAY_DIFFER = {
    # the fabric: what the pod asks for, what NCCL is told, what rights the transport needs
    f"{CONTAINER}.resources.requests.vpc.amazonaws.com/efa",
    f"{CONTAINER}.resources.limits.vpc.amazonaws.com/efa",
    f"{CONTAINER}.resources.requests.hugepages-2Mi",
    f"{CONTAINER}.resources.limits.hugepages-2Mi",
    f"{CONTAINER}.resources.requests.rdma/ib",
    f"{CONTAINER}.resources.limits.rdma/ib",
    f"{CONTAINER}.env.NCCL_*",
    f"{CONTAINER}.env.FI_*",
    f"{CONTAINER}.env.LD_LIBRARY_PATH",
    f"{CONTAINER}.env.CUDA_DEVICE_ORDER",
    f"{CONTAINER}.securityContext.capabilities.add",
    f"{POD}.hostNetwork",
    f"{POD}.dnsPolicy",
    # what moves the fabric's data: a daemon, its devices and folders, settings that it brings, and root that it wants
    "spec.template.metadata.annotations.devices.gke.io/container.tcpxo-daemon",
    f"{POD}.initContainers.tcpxo-daemon",
    f"{POD}.volumes.dev-aperture-devices",
    f"{POD}.volumes.hostprocsysfs",
    f"{POD}.volumes.hostsysfs",
    f"{POD}.volumes.usr-local-nvidia-lib64",
    f"{POD}.securityContext",
    f"{CONTAINER}.securityContext.readOnlyRootFilesystem",
    f"{CONTAINER}.volumeMounts.dev-aperture-devices",
    f"{CONTAINER}.command",
    # where the store is
    f"{CONTAINER}.env.CAUSEWAY_STORE_URL",
    # how the platform hands out identity, and its own taint on spot machines
    "spec.template.metadata.labels.azure.workload.identity/use",
    f"{POD}.tolerations.kubernetes.azure.com/scalesetpriority",
}
"""Paths at which platforms may differ; a star stands for the rest of one name."""


def workload(platform: Platform) -> TrainingJobSpec:
    """Describe four nodes of one run, on one platform."""
    spec = PretrainSpec.parse(
        {"model": "llama-8b", "mesh": {"shard": 32}, "image": "example.org/pretrain@sha256:" + "0" * 64}
    )
    environment = spec.environment(URLS[platform], "")
    pod = dataclasses.asdict(spec.pod(8, "", "", "runs/pretrain"))
    cluster = {
        "kubeconfig": "it",
        "pool": "train",
        "machine": MACHINES[platform],
        "nodes": 4,
        "fabric": True,
    }
    given: dict[str, Any] = {
        "platform": platform,
        "command": [],
        "environment": environment,
        "pod": pod,
        "cluster": cluster,
        "labels": {"team": "research"},
    }
    parsed = parse(given)
    return marked(parsed) if platform == "azure" else parsed


def rendered(platform: Platform) -> Mapping[str, Any]:
    """Render the job as its component does."""
    spec, name = workload(platform), "pretrain"
    place = tenancy.place(platform, spec.cluster)
    corner = tenancy.Corner(name, tenancy.kubernetes_labels(spec.labels), pulumi.ResourceOptions())
    environment = {**pods.environment(spec.environment, spec.pod), **training.meeting(name)}
    template = pods.spec(place, spec.pod, environment=environment, account=name)
    annotations = training.annotations(place, spec.cluster)
    return {
        "metadata": training.metadata(corner, spec.cluster),
        "spec": training.job(name, spec, template, annotations),
    }


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give every leaf with its path; entries of lists go by their name or key, since their order says nothing."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
        for at, one in enumerate(value):
            label = str(one.get("name") or one.get("key") or at)
            inner = one["value"] if set(one) == {"name", "value"} else one
            yield from flat(inner, f"{path}.{label}")
    else:
        yield path, value


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """Name the paths at which two renderings differ."""
    left, right = dict(flat(one)), dict(flat(other))
    return {path for path in left.keys() | right.keys() if left.get(path) != right.get(path)}


def allowed(path: str) -> bool:
    """Whether platforms may differ at a path: one of the list, or below one."""
    return any(
        path.startswith(one.removesuffix("*"))
        if one.endswith("*")
        else path == one or path.startswith(f"{one}.")
        for one in MAY_DIFFER
    )


@pytest.mark.parametrize(("one", "other"), list(combinations(MACHINES, 2)))
def test_platforms_differ_where_they_may(one: Platform, other: Platform) -> None:
    """Between any two platforms nothing differs but fabric, store and identity."""
    found = differing(rendered(one), rendered(other))
    assert sorted(path for path in found if not allowed(path)) == []


def test_the_list_has_no_dead_entry() -> None:
    """Each entry of the list is the path of some difference, so that it never allows more than there is."""
    found = set().union(*(differing(rendered(a), rendered(b)) for a, b in combinations(MACHINES, 2)))
    dead = [one for one in MAY_DIFFER if not any(path.startswith(one.removesuffix("*")) for path in found)]
    assert dead == []


def test_a_difference_that_nobody_allowed_is_told() -> None:
    """A grace period of one platform alone is found by its path, and so is one toleration less."""
    first, second = rendered("aws"), rendered("aws")
    assert differing(first, second) == set()
    pod = second["spec"]["template"]["spec"]
    pod["terminationGracePeriodSeconds"] += 1
    pod["tolerations"].pop()
    found = {path for path in differing(first, second) if not allowed(path)}
    assert f"{POD}.terminationGracePeriodSeconds" in found
    assert any(path.startswith(f"{POD}.tolerations.causeway/pool") for path in found)
