"""What users of own clusters and rivals' examples were bitten by, one test a thread or defect; see test_onprem too."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from components.gpu_cluster.onprem import gpus, infiniband, nodes
from components.gpu_cluster.onprem.hosts import Site, parse
from components.gpu_cluster.shape import parse as parse_cluster
from components.kubernetes import operators
from components.kubernetes import pods as manifests
from infra.catalog import fabric, machines, pods
from infra.problems import ProblemsError
from workloads.pretrain.spec import PretrainSpec

pytestmark = pytest.mark.never_again

RECORDED = Path(__file__).parents[2] / "golden" / "onprem"
WHOLE = re.compile(r"v?\d+\.\d+\.\d+\S*|doca\d\S+|network-operator-v\d+\.\d+\.\d+|sha256:[0-9a-f]{64}")
PLACE = {"rack": "r1", "leaf": "leaf-1"}


def sites(**pools: Any) -> dict[str, Site]:
    """Give the checked pools of one cluster."""
    spec = parse_cluster({"platform": "onprem", "region": "hall-1", "pools": pools})
    return parse(spec.pools, "cluster")


def pool(machine: str = "hgx-h100", purpose: str = "training", first: int = 1, **more: Any) -> dict[str, Any]:
    """Describe a pool of two machines."""
    hosts = {f"host-{at}": PLACE for at in range(first, first + 2)}
    options = {"hosts": hosts, **more.pop("options", {})}
    return {"machine": machine, "purpose": purpose, "nodes": 2, "options": options, **more}


def policy(*chosen: Site) -> dict[str, Any]:
    """Give what the network operator is told."""
    plugin = fabric.plugin(chosen[0].pool.machine)
    assert plugin
    return infiniband.cluster_policy(list(chosen), plugin)


def recorded(capability: str, kind: str) -> list[Mapping[str, Any]]:
    """Give the inputs of all recorded resources of a type."""
    graph = json.loads((RECORDED / f"{capability}.json").read_text(encoding="utf-8"))
    return [one["inputs"] for one in graph if one["type"] == kind]


def test_training_is_wired_for_infiniband() -> None:
    """Threads aicr #2275, #2276: recipes for training shipped without it; the recorded run asks for eight adapters."""
    (job,) = recorded("training_job", "kubernetes:batch/v1:Job")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    wanted = str(machines.get("onprem", "hgx-h100").nics)
    assert container["resources"]["limits"]["rdma/ib"] == wanted == "8"
    env = {one["name"]: one.get("value") for one in container["env"]}
    assert pods.environment(machines.get("onprem", "hgx-h100")).items() <= env.items()


def test_a_pod_that_locks_memory_is_let_in() -> None:
    """Threads awsome-distributed-training #312, aks-rdma-infiniband: a right for locked memory that nobody grants."""
    (job,) = recorded("training_job", "kubernetes:batch/v1:Job")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    (room,) = recorded("training_job", "kubernetes:core/v1:Namespace")
    assert "IPC_LOCK" in container["securityContext"]["capabilities"]["add"]
    assert room["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged"


def test_memory_and_shared_memory_have_floors() -> None:
    """Thread awsome-distributed-training #312: 8 GiB end in an error of a queue pair; eight GPUs get 64 each."""
    spec = PretrainSpec.parse({"image": "example.org/it"})
    pod = {**vars_of(spec), "accelerators": 8}
    place = manifests.Place("it", machines.get("onprem", "hgx-h100"), fabric=True)
    assert manifests.resources(place, pod)["limits"]["memory"] == "512Gi"
    (shared,) = [one for one in manifests.volumes(pod, None) if one["name"] == "dev-shm"]
    assert shared["emptyDir"] == {"medium": "Memory", "sizeLimit": "256Gi"}


def vars_of(spec: PretrainSpec) -> dict[str, Any]:
    """Give a pod of eight GPUs as plain values."""
    pod = spec.pod(8, "", "", "runs/pretrain")
    return {name: getattr(pod, name) for name in type(pod).__dataclass_fields__}


def test_machines_are_the_ones_that_stand_there() -> None:
    """The thread modelplane #113: capacity is never assumed; on premises it is what is named, no more."""
    assert type(sites(it=pool())["it"].pool.capacity).__name__ == "Static"
    with pytest.raises(ProblemsError, match="spot does not exist on onprem"):
        sites(it=pool(capacity="spot"))
    with pytest.raises(ProblemsError, match="simply there"):
        sites(it=pool(min_nodes=0, max_nodes=4))


def test_every_version_is_a_whole_one() -> None:
    """Threads amazon-eks-ami #2165, pulumi-eks #1550: nothing moves under a pool; no image or chart is `latest`."""
    found = [*versions(recorded("gpu_cluster", "kubernetes:mellanox.com/v1alpha1:NicClusterPolicy"))]
    for capability in ("account", "key_ring", "gpu_cluster", "shared_filesystem"):
        charts = recorded(capability, "kubernetes:helm.sh/v3:Release")
        assert charts
        found += [str(chart["version"]) for chart in charts]
    assert operators.GPU_DRIVER in str(recorded("gpu_cluster", "kubernetes:helm.sh/v3:Release"))
    assert [one for one in found if not WHOLE.fullmatch(one)] == []


def versions(value: Any) -> Iterator[str]:
    """Give every `version` in plain data."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [str(inner)] if key == "version" else versions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from versions(inner)


def test_a_dead_cluster_does_not_hold_up_its_end() -> None:
    """Threads pulumi-kubernetes #2517, #349, pulumi-eks #598: what was in a cluster that is gone counts as deleted."""
    for capability in ("account", "training_job", "inference_service"):
        (provider,) = recorded(capability, "pulumi:providers:kubernetes")
        assert provider["deleteUnreachable"] == "true"


def test_the_plugin_goes_to_pools_with_the_fabric_alone() -> None:
    """Threads eks-charts #1239, #1358: a plugin on nodes without adapters; a rival's example installed EFA's so."""
    both = sites(train=pool(), serve=pool(purpose="serving", first=9))
    joined = [one for one in both.values() if one.pool.fabric]
    affinity = policy(*joined)["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    (term,) = affinity["nodeSelectorTerms"]
    assert term["matchExpressions"] == [{"key": "causeway/pool", "operator": "In", "values": ["train"]}]


def test_labels_and_taints_have_one_table() -> None:
    """A blueprint had two tables that disagreed: the rule for nodes and the pod that selects them read one row."""
    one = sites(it=pool())["it"]
    place = manifests.Place("it", one.pool.machine, fabric=True)
    assert pods.labels(one.pool.machine).items() <= nodes.labels(one).items()
    borne = {item["key"] for item in manifests.tolerations(place)}
    assert {taint["key"] for taint in nodes.taints(one)} <= borne


def test_drivers_are_asked_before_and_not_after() -> None:
    """A rival loads constraints and checks none: here a driver out of a machine's bounds stops the preview."""
    for machine in ("hgx-h100", "hgx-b200", "dgx-h100"):
        gpus.refuse([sites(it=pool(machine))["it"]])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operators, "GPU_DRIVER", "470.1.1")
        with pytest.raises(ProblemsError, match="hgx-b200"):
            gpus.refuse([sites(it=pool("hgx-b200"))["it"]])


def test_operators_of_the_driver_and_of_the_adapters_know_each_other() -> None:
    """Thread dynamo #14506: peer memory was missing; whoever owns the drivers, GPUs and adapters share it."""
    for owner in ("operator", "host"):
        one = sites(it=pool(options={"driver": owner}))["it"]
        assert gpus.values([one])["driver"]["rdma"]["enabled"] is True
        assert ("ofedDriver" in policy(one)) is (owner == "operator")


def test_a_slip_in_an_option_is_told_with_the_right_name() -> None:
    """Threads of the GKE module, #1506, #1723: a field that nobody passed on; options are typed, and a slip is told."""
    with pytest.raises(ProblemsError, match="partition_key"):
        sites(it=pool(options={"partition_kye": "0x8001"}))
