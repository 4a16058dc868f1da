"""What users of GKE were bitten by, and defects of its blueprints: each named by its thread, each once."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gpu_cluster.gcp import control_plane, installers, node_pool, refuse
from components.gpu_cluster.gcp.versions import KUBERNETES
from components.gpu_cluster.pools import NodePoolSpec
from components.gpu_cluster.shape import GpuClusterSpec, parse
from components.kubernetes import pods
from infra import naming
from infra.catalog import accelerators, bindings, compat, fabric, machines
from infra.catalog import pods as catalogued
from infra.problems import ProblemsError
from workloads.pretrain.spec import PretrainSpec

pytestmark = pytest.mark.never_again

GOLDEN = Path(__file__).parents[2] / "golden" / "gcp" / "gpu_cluster.json"
EIGHT = ("a3-highgpu-8g", "a3-megagpu-8g", "a3-ultragpu-8g", "a4-highgpu-8g")
RACK = "a4x-highgpu-4g"
LETTERS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=40)


def cluster(**pools: Any) -> GpuClusterSpec:
    """Give a checked cluster of these pools, beside a system pool that stays."""
    stays = {"machine": "e2-standard-4", "purpose": "system"}
    where = {"account": "p", "region": "us-central1", "key": "k", "network": {"zones": ["us-central1-a"]}}
    args: Any = {"platform": "gcp", **where, "pools": {"system": stays, **pools}}
    return parse(args)


def training(machine: str, **more: Any) -> dict[str, Any]:
    """Describe a reserved pool for training."""
    return {"machine": machine, "purpose": "training", "capacity": {"reserved": "mine"}, **more}


def pool(machine: str, **more: Any) -> NodePoolSpec:
    """Give one checked pool."""
    return cluster(it=training(machine, **more)).pools["it"]


def recorded(token: str) -> list[dict[str, Any]]:
    """Give the inputs of all recorded resources of a type."""
    graph = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return [one["inputs"] for one in graph if one["type"] == token]


@pytest.mark.parametrize(("nodes", "whole"), [(1, True), (18, True), (19, False), (36, True)])
def test_a_rack_is_checked_by_its_domain(nodes: int, *, whole: bool) -> None:
    """Thread cluster-toolkit #4492: a plain count broke NVL72; racks of 18 machines come in part or whole."""
    if whole:
        assert pool(RACK, nodes=nodes).nodes == nodes
        return
    with pytest.raises(ProblemsError, match="NVLink domains of 18"):
        pool(RACK, nodes=nodes)


def test_a_job_never_waits_for_a_queue_that_is_not_there() -> None:
    """Threads kueue #5129, #4544, skypilot #3837: queued machines stay away for ever; unqueued ones come to pods."""
    flex = {"machine": "a4-highgpu-8g", "purpose": "training", "nodes": 0, "max_nodes": 4}
    with pytest.raises(ProblemsError, match=r"ProvisioningRequest alone.*allowed: queued: false"):
        refuse("it", cluster(flex={**flex, "capacity": {"flex-start": "24h"}}))
    refuse("it", cluster(flex={**flex, "capacity": {"flex-start": {"max_run": "24h", "queued": False}}}))


@pytest.mark.parametrize("machine", EIGHT)
def test_a_pod_asks_for_what_a_scaler_can_foresee(machine: str) -> None:
    """Threads skypilot #3837, kueue #4544: an empty pool grows for GPUs alone; rails are attached, never counted."""
    asked = pods.devices(pods.Place("it", machines.get("gcp", machine), fabric=True), 8)
    assert asked == {"nvidia.com/gpu": "8"}


def test_nothing_moves_under_a_pool() -> None:
    """Threads aicr #2383, amazon-eks-ami #1494: a driver or kernel comes with a version of nodes, by our hand."""
    (made,) = recorded("gcp:container/cluster:Cluster")
    assert made["releaseChannel"] == {"channel": "UNSPECIFIED"}
    for one in recorded("gcp:container/nodePool:NodePool"):
        assert one["version"] == KUBERNETES
        assert one["management"]["autoUpgrade"] is False


@pytest.mark.parametrize("machine", EIGHT)
def test_a_fabric_has_a_floor_where_a_source_gives_one(machine: str) -> None:
    """Thread aicr #2383, cluster-toolkit's dead minimum: the floor is compared, so a version before it is refused."""
    one = pool(machine)
    installers.refuse([one], KUBERNETES)
    floored = compat.check({"gke": "1.26.1-gke.100"}, one.machine)
    if not floored:
        assert fabric.of(one.machine).transport.value == "roce"
        return
    with pytest.raises(ProblemsError, match="is older than"):
        installers.refuse([one], "1.26.1-gke.100")


def test_a_recipe_is_held_to_its_kubernetes() -> None:
    """A rival's example asked for 1.30 where its recipe wants 1.32.4: here the recipe's bound stops the preview."""
    with pytest.raises(ProblemsError, match=r"1\.30\.5-gke\.100 is older than 1\.32\.4"):
        installers.refuse([pool("a3-megagpu-8g")], "1.30.5-gke.100")


def test_a3_high_never_gets_the_installer_of_a3_mega() -> None:
    """A rival's example did: TCPXO's installer selects A3 Mega alone and never schedules."""
    high = pool("a3-highgpu-8g")
    made = installers.daemon_set(fabric.of(high.machine), [high])["template"]["spec"]
    assert "gpudirect-tcpx/" in made["initContainers"][0]["image"]
    assert node_pool.node_labels(high)["causeway/fabric"] == made["nodeSelector"]["causeway/fabric"]


def test_processors_are_those_of_the_machine() -> None:
    """A blueprint read element 0 of a map of zones and found 0 for all: the row has the number that the name says."""
    named = [row for row in machines.all("gcp") if re.fullmatch(r"[a-z]\d+-standard-\d+", row.name)]
    assert named
    assert [row.name for row in named if row.vcpus != int(row.name.rpartition("-")[2])] == []
    assert [row.name for row in machines.all("gcp") if not row.vcpus and "vcpus" not in row.unknown] == []


def test_labels_of_two_tables_are_decided_once() -> None:
    """A blueprint called 40 and 80 GB of A100 the same, and TPU v5e by two names: each row has one label, its own."""
    small, large = (machines.get("gcp", f"a2-{size}-8g") for size in ("highgpu", "ultragpu"))
    key = "cloud.google.com/gke-accelerator"
    assert small.labels[key] != large.labels[key]
    light = [one for one in machines.all("gcp") if one.name.startswith("ct5lp")]
    assert {one.labels["cloud.google.com/gke-tpu-accelerator"] for one in light} == {"tpu-v5-lite-podslice"}


@pytest.mark.parametrize("machine", EIGHT)
def test_bandwidth_is_the_machines_and_not_the_gpus(machine: str) -> None:
    """A README gave A3 High 200 Gbit/s a GPU, where it has 1,000 in all: cards of a row add up to its total."""
    row = machines.get("gcp", machine)
    assert row.link
    assert row.link.gbps
    rails = row.link.nics * row.link.gbps
    assert rails + (row.front_gbps or 0) == pytest.approx(row.network_gbps, rel=0.21)
    assert row.network_gbps is not None
    assert rails <= row.network_gbps


def test_memory_and_shared_memory_have_floors() -> None:
    """Thread awsome-distributed-training #312: 8 GiB or the default shared memory surface as an error of the fabric."""
    pod = PretrainSpec.parse({}).pod(8, "gs://it")
    described = {"memory_gib": pod.memory_gib, "mounts": pod.mounts}
    (shared,) = [one for one in pods.volumes(described, None) if one["emptyDir"].get("medium") == "Memory"]
    assert pod.memory_gib >= 64 * 8
    assert int(shared["emptyDir"]["sizeLimit"].removesuffix("Gi")) >= 250
    for machine in EIGHT:
        room = machines.get("gcp", machine).memory_mib
        assert room
        assert pod.memory_gib * 1024 < room


@pytest.mark.parametrize("machine", EIGHT)
def test_names_of_a_fabric_are_the_same_everywhere(machine: str) -> None:
    """Threads skypilot #8391, aicr #2275: card of the node, network of the cluster, interface of pod and NCCL."""
    row = machines.get("gcp", machine)
    rails = [
        f"{one.name}-{at}" if one.kind == "rdma" else one.name
        for one in fabric.networks(row)
        for at in range(one.subnets)
    ]
    asked = catalogued.networks(row)
    assert len(rails) == len(set(rails)) == node_pool.cards(pool(machine))
    names, networks = zip(*asked, strict=True)
    assert set(networks) <= set(rails)
    assert len(set(names)) == len(names) == row.nics
    assert "eth0" not in names
    env = fabric.of(row).env
    for key in ("NCCL_GPUDIRECTTCPX_SOCKET_IFNAME", "NCCL_FASTRAK_IFNAME"):
        if key in env:
            assert env[key].split(",") == list(names)
    for key in ("NCCL_GPUDIRECTTCPX_TX_BINDINGS", "NCCL_GPUDIRECTTCPX_RX_BINDINGS"):
        if key in env:
            assert set(bindings.parse(env[key])) == set(names)


@given(stack=LETTERS, name=LETTERS, owner=LETTERS, machine=st.sampled_from(EIGHT))
def test_names_of_a_fabric_are_names_of_compute_engine(
    stack: str, name: str, owner: str, machine: str
) -> None:
    """However long stack, cluster and pool are called, each network and subnet has a valid name of its own."""
    row = machines.get("gcp", machine)
    labels = [
        f"it-{stack}{name}-{owner}-{one.name}{ending}"
        for one in fabric.networks(row)
        for ending in ("", *(f"-{at}" for at in range(one.subnets if one.kind == "rdma" else 0)))
    ]
    made = [naming.name("s", label, limit=63) for label in labels]
    assert all(len(one) <= 63 and one[0].isalpha() and not one.endswith("-") for one in made)
    assert not any(one == other for one, other in itertools.combinations(made, 2))


def test_every_accelerator_is_counted_by_google_alone() -> None:
    """Thread ai-on-eks #249 as it would be here: GKE brings driver and device plugin, so nothing else counts GPUs."""
    named = {one["metadata"]["name"] for one in recorded("kubernetes:apps/v1:DaemonSet")}
    assert not {name for name in named if "device-plugin" in name or "gpu-operator" in name}
    assert all(accelerators.get(row.accelerator.model) for row in machines.all("gcp") if row.accelerator)
    assert "DCGM" in control_plane.METRICS


def test_nodes_pull_images_of_the_projects_registry() -> None:
    """CIS GKE 5.2.1, Artifact Registry's page on GKE: a node's least role does not let it."""
    roles = {one["role"] for one in recorded("gcp:projects/iAMMember:IAMMember")}
    assert {"roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader"} <= roles
