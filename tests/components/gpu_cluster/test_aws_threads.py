"""EKS clusters as a whole: what runs in them, who reaches them, what repairs them, as public threads taught it."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from components.gpu_cluster.aws import (
    addons,
    control_plane,
    devices,
    karpenter,
    karpenter_pool,
    karpenter_rights,
    launch,
    registries,
)
from components.gpu_cluster.aws.versions import ADDONS, IMAGE
from components.gpu_cluster.shape import GpuClusterSpec, parse
from components.key_ring.aws.policies import Writer
from components.kubernetes import pods
from infra.catalog import regions
from workloads.pretrain.spec import PretrainSpec

GOLDEN = Path(__file__).parents[2] / "golden" / "aws" / "gpu_cluster.json"
RELEASE = "1.35.2-20260301"


def cluster(**pools: dict[str, Any]) -> GpuClusterSpec:
    """Give a checked cluster."""
    args: Any = {"platform": "aws", "region": "eu-north-1", "account": "123456789012", "pools": pools}
    return parse(
        {**args, "key": "key", "image": RELEASE, "network": {"subnets": {"eu-north-1a": "subnet-1"}}}
    )


def recorded(token: str) -> list[dict[str, Any]]:
    """Give the inputs of all recorded resources of a type."""
    graph = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return [one["inputs"] for one in graph if one["type"] == token]


@pytest.mark.never_again
def test_nothing_runs_beside_auto_modes_own() -> None:
    """Threads ai-on-eks #249, eks-charts #1358: no cluster here is of Auto Mode, so each add-on is ours, and once."""
    (made,) = recorded("aws:eks/cluster:Cluster")
    assert not {"computeConfig", "storageConfig"} & made.keys()
    assert made["bootstrapSelfManagedAddons"] is False
    installed = [one["addonName"] for one in recorded("aws:eks/addon:Addon")]
    assert sorted(installed) == sorted(ADDONS)
    assert set(addons.BEFORE_NODES) < set(ADDONS)


@pytest.mark.never_again
def test_a_false_alarm_keeps_its_machine() -> None:
    """Threads eks-node-monitoring-agent #266, #39, containers-roadmap #2555: no repair where there is no spare."""
    spec = cluster(
        train={
            "machine": "p5.48xlarge",
            "purpose": "training",
            "capacity": {"reserved": "cr-0123456789abcdef0"},
        },
        system={"machine": "m7i.xlarge", "purpose": "system"},
    )
    repaired = {
        name: launch.node_group(pool, IMAGE)["node_repair_config"] for name, pool in spec.pools.items()
    }
    assert repaired == {"train": {"enabled": False}, "system": {"enabled": True}}


@pytest.mark.never_again
def test_plugins_bear_every_taint_of_their_pools() -> None:
    """Thread containers-roadmap #2567: an agent did not bear a pool's taint; tolerations are made from the pools."""
    spec = cluster(
        train={
            "machine": "p5.48xlarge",
            "purpose": "training",
            "capacity": {"reserved": "cr-0123456789abcdef0"},
        }
    )
    borne = {one["key"] for one in devices.tolerations(list(spec.pools.values()))}
    assert borne == {"nvidia.com/gpu", "causeway/pool"}


@pytest.mark.never_again
def test_the_image_that_is_given_is_the_one_that_boots() -> None:
    """Thread pulumi-eks #1550: a given image was ignored; groups and Karpenter's machines take that release alone."""
    spec = cluster(
        system={"machine": "m7i.xlarge", "purpose": "system"},
        spot={"machine": "g6e.12xlarge", "purpose": "serving", "capacity": "spot"},
    )
    assert launch.node_group(spec.pools["system"], spec.image or "")["release_version"] == RELEASE
    maker: Any = SimpleNamespace(spec=spec, cluster_group="sg-1")
    terms = karpenter_pool.node_class(spec.pools["spot"], maker, "profile")["amiSelectorTerms"]
    assert terms == [{"alias": "al2023@v20260301"}]


@pytest.mark.never_again
def test_shared_memory_is_not_a_pods_default() -> None:
    """Thread awsome-distributed-training #312: 64 MiB of shared memory and 8 GiB in all end as a queue-pair error."""
    pod = PretrainSpec.parse({}).pod(8, "s3://data")
    described = {"memory_gib": pod.memory_gib, "mounts": pod.mounts}
    (shared,) = [one for one in pods.volumes(described, None) if one["emptyDir"].get("medium") == "Memory"]
    assert pod.memory_gib >= 64 * 8
    assert int(shared["emptyDir"]["sizeLimit"].removesuffix("Gi")) >= 32


@pytest.mark.never_again
def test_tokens_are_fetched_when_they_are_needed() -> None:
    """Thread ml-with-terraform-and-kubeflow #121: a token in the state was stale; the kubeconfig names a command."""
    told = pulumi.Output.from_input

    async def written() -> str:
        made: Any = SimpleNamespace(
            name=told("c"), endpoint=told("https://c"), certificate_authority=SimpleNamespace(data=told("ca"))
        )
        text = await control_plane.kubeconfig(made, "eu-north-1").future()
        assert text
        return text

    (user,) = json.loads(asyncio.run(written()))["users"]
    assert user["user"].keys() == {"exec"}
    assert user["user"]["exec"]["args"][:2] == ["eks", "get-token"]


def rights() -> dict[str, Any]:
    """Give Karpenter's statements by name."""
    flowing = pulumi.Output.from_input

    async def written() -> list[Any]:
        return karpenter_rights.statements(
            "eu-north-1", flowing("c"), arn=flowing("a"), queue=flowing("q"), node_role=flowing("r"),
            profile=flowing("p"), key="key",
        )  # fmt: skip

    return {one["Sid"]: one for one in asyncio.run(written())}


def test_karpenter_reads_its_encrypted_queue() -> None:
    """Karpenter's guide of rights knows plain queues; under a key of ours, notices need it, through SQS alone."""
    by_sid = rights()
    assert by_sid["NoticesKey"]["Action"] == ["kms:Decrypt"]
    through = {"StringEquals": {"kms:ViaService": "sqs.eu-north-1.amazonaws.com"}}
    assert by_sid["NoticesKey"]["Condition"] == through


@pytest.mark.never_again
def test_spot_machines_start_under_our_key() -> None:
    """Threads karpenter #933, #1926: EC2 starts them by a role of its own, which must exist and reach the key."""
    assert rights()["Spot"]["Condition"] == {"StringEquals": {"iam:AWSServiceName": "spot.amazonaws.com"}}
    assert rights()["Spot"]["Resource"].endswith("/spot.amazonaws.com/AWSServiceRoleForEC2Spot")

    async def written() -> str:
        text = await Writer("123456789012", "eu-north-1").cluster().future()
        assert text
        return text

    by_sid = {one["Sid"]: one for one in json.loads(asyncio.run(written()))["Statement"]}
    for name in ("Launchers", "LaunchersGrants"):
        roles = by_sid[name]["Condition"]["ArnLike"]["aws:PrincipalArn"]
        assert [role.rpartition("/")[2] for role in roles] == [
            "AWSServiceRoleForAutoScaling",
            "AWSServiceRoleForEC2Spot",
        ]


@pytest.mark.parametrize(("standing", "wanted"), [(1, 1), (2, 2), (5, 2)])
def test_no_controller_waits_for_a_node_that_never_comes(standing: int, wanted: int) -> None:
    """Helm waits for every replica, and the chart puts each on a node of its own that Karpenter did not buy."""
    spec = cluster(
        system={"machine": "m7i.xlarge", "purpose": "system", "nodes": standing},
        spot={"machine": "g6e.12xlarge", "purpose": "serving", "capacity": "spot"},
    )
    assert karpenter.replicas(spec.pools.values()) == wanted


def test_images_come_from_the_clusters_own_region() -> None:
    """The chart's default is in Oregon, where a network without a way out never gets; an unknown region keeps it."""
    assert devices.image("eu-north-1", "it") == {
        "image": {"repository": "602401143452.dkr.ecr.eu-north-1.amazonaws.com/eks/it"}
    }
    assert str(registries.registry("cn-north-1")).endswith(".amazonaws.com.cn")
    assert devices.image("mx-central-1", "it") == {}
    known = {region.name for region in regions.all("aws")}
    assert {region for region in known if registries.registry(region)} > {"us-east-1", "eu-west-1"}
