"""A GKE cluster with a fabric and a job in it on the real engine: what waits for what, and what goes with what."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pulumi import automation

from console.rehearse import proof

from .conftest import Stage

pytestmark = [pytest.mark.engine, pytest.mark.never_again]

PROGRAM = """
import pulumi
import pulumi_gcp as gcp

from components.gpu_cluster.shape import GpuCluster
from components.training_job.shape import TrainingJob

pulumi_provider = gcp.Provider("it", project="rehearsal-project", region="us-central1")
inside = pulumi.ResourceOptions(providers=[pulumi_provider])
alone = pulumi.ResourceOptions(provider=pulumi_provider)
vpc = gcp.compute.Network("net", name="net", auto_create_subnetworks=False, opts=alone)
subnet = gcp.compute.Subnetwork(
    "net", name="net", network=vpc.id, region="us-central1", ip_cidr_range="10.0.0.0/20", opts=alone
)
zone = "us-central1-b"
network = {
    "id": vpc.id, "cidr": "10.0.0.0/16", "zones": [zone], "subnets": {zone: subnet.id},
    "fabric_subnets": {"train": "10.0.200.0/21"},
}
pools = {
    "system": {"machine": "e2-standard-4", "purpose": "system"},
    "train": {"machine": "a3-ultragpu-8g", "purpose": "training", "capacity": {"reserved": "mine"}},
}
given = {"platform": "gcp", "account": "rehearsal-project", "region": "us-central1", "key": "key"}
cluster = GpuCluster("cluster", {**given, "pools": pools, "network": network}, inside)
pod = {
    "image": "mirror/pretrain@sha256:" + "0" * 64, "command": ["python"], "accelerators": 8, "cpu": 8,
    "memory_gib": 64, "mounts": {}, "ports": {}, "grace_seconds": 30, "environment": {},
}
seat = {"kubeconfig": cluster.kubeconfig, "pool": "train", "machine": "a3-ultragpu-8g", "nodes": 1, "fabric": True}
job = {"platform": "gcp", "command": [], "environment": {}, "pod": pod, "cluster": seat}
after = pulumi.ResourceOptions(depends_on=[cluster, *cluster.ready], deleted_with=cluster.owner)
TrainingJob("pretrain", job, after)
"""

WORK, POOL, CLUSTER, NETWORK = (
    "kubernetes:batch/v1:Job",
    "gcp:container/nodePool:NodePool",
    "gcp:container/cluster:Cluster",
    "gcp:compute/network:Network",
)


def behind(urn: str, resources: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Give everything that a resource waits for, directly or not; a destroy takes it after the resource."""
    waiting, found = [urn], set[str]()
    while waiting:
        one = resources.get(waiting.pop(), {})
        new = {*one.get("dependencies", ()), one.get("parent", "")} - found - {""}
        found |= new
        waiting += new
    return found


def test_work_leaves_before_machines_and_machines_before_networks(stage: Stage) -> None:
    """Threads karpenter #1955, #5582, pulumi-kubernetes #2517, #349: nothing paid is left, no dead API is awaited."""
    scene = stage(PROGRAM, "gcp", "kubernetes")
    assert scene.play("up", "up").ok
    deployed = json.loads(proof.exported(scene.stack, "--show-secrets"))["deployment"]["resources"]
    resources = {one["urn"]: one for one in deployed}
    by_type: dict[str, list[str]] = {}
    for urn, one in resources.items():
        by_type.setdefault(one["type"], []).append(urn)
    (job,), (cluster,) = by_type[WORK], by_type[CLUSTER]
    assert {*by_type[POOL], cluster} <= behind(job, resources)
    assert all(cluster in behind(pool, resources) for pool in by_type[POOL])
    (train,) = [pool for pool in by_type[POOL] if pool.endswith("train")]
    fabric = [urn for urn in by_type[NETWORK] if "train" in urn]
    assert {*fabric} <= behind(train, resources)

    content = [one for one in resources.values() if one["type"].startswith("kubernetes:")]
    assert content
    assert {one.get("deletedWith") for one in content} == {cluster}
    apis = [one for one in resources.values() if one["type"] == "pulumi:providers:kubernetes"]
    assert {str(one["inputs"]["deleteUnreachable"]) for one in apis} == {"true"}
    assert all("gke-gcloud-auth-plugin" in json.dumps(one["inputs"]["kubeconfig"]) for one in apis)

    assert scene.play("destroy", "destroy").ok
    assert proof.inventory(scene.stack, scene.standins.account).account == 0


BOUNDS = """
import pulumi
import pulumi_gcp as gcp

from components.gpu_cluster.shape import GpuCluster

provider = gcp.Provider("it", project="rehearsal-project", region="us-central1")
inside, alone = pulumi.ResourceOptions(providers=[provider]), pulumi.ResourceOptions(provider=provider)
vpc = gcp.compute.Network("net", name="net", auto_create_subnetworks=False, opts=alone)
subnet = gcp.compute.Subnetwork(
    "net", name="net", network=vpc.id, region="us-central1", ip_cidr_range="10.0.0.0/20", opts=alone
)
zones = ["us-central1-a", "us-central1-b"]
network = {"id": vpc.id, "cidr": "10.0.0.0/16", "zones": zones, "subnets": dict.fromkeys(zones, subnet.id)}
least = pulumi.Config().require_int("least")
pools = {
    "system": {"machine": "e2-standard-4", "purpose": "system"},
    "serve": {"machine": "g2-standard-12", "purpose": "serving", "nodes": 4, "min_nodes": least, "max_nodes": 8},
}
given = {"platform": "gcp", "account": "rehearsal-project", "region": "us-central1", "key": "key"}
GpuCluster("cluster", {**given, "pools": pools, "network": network}, inside)
"""


def test_other_bounds_leave_a_pool_where_it_is(stage: Stage) -> None:
    """Terraform's page on node pools: a change of what a pool began with throws all of its machines away."""
    scene = stage(BOUNDS, "gcp", "kubernetes")
    pools = []
    for least in ("0", "4"):
        scene.stack.set_config("least", automation.ConfigValue(least))
        assert scene.play("up", "up").ok
        deployed = json.loads(proof.exported(scene.stack))["deployment"]["resources"]
        pools += [one for one in deployed if one["type"] == POOL and one["urn"].endswith("serve")]
    assert [one["inputs"]["autoscaling"]["totalMinNodeCount"] for one in pools] == [0, 4]
    assert pools[0]["created"] == pools[1]["created"]
    assert scene.play("destroy", "destroy").ok
