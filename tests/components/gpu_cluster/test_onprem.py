"""Machines of a site: what users of InfiniBand and of the operators were bitten by is decided once, from the table."""

import json
from typing import Any

import pytest
import yaml

from components.gpu_cluster.onprem import gpus, infiniband, nodes
from components.gpu_cluster.onprem.hosts import Site, parse
from components.gpu_cluster.shape import parse as parse_cluster
from components.kubernetes import operators
from components.kubernetes import pods as pod_manifests
from components.kubernetes.training import annotations
from infra.catalog import fabric, machines, pods
from infra.problems import ProblemsError

PLACE = {"rack": "r1", "leaf": "leaf-1", "spine": "spine-1"}
ADAPTERS = [f"ibp{slot}s0" for slot in range(8)]
JOINED = [machine.name for machine in machines.all("onprem") if machine.link is not None]


def site(machine: str = "hgx-h100", purpose: str = "training", count: int = 2, **options: Any) -> Site:
    """Give one checked pool of machines."""
    return sites(it=described(machine, purpose, count, **options))["it"]


def split(**options: Any) -> Site:
    """Give a pool whose pods get virtual functions."""
    return site(attach="sriov", adapters=ADAPTERS, **options)


def described(machine: str, purpose: str, count: int, first: int = 1, **options: Any) -> dict[str, Any]:
    """Give a pool's arguments."""
    hosts = {f"host-{at}": PLACE for at in range(first, first + count)}
    return {
        "machine": machine,
        "purpose": purpose,
        "nodes": count,
        "options": {"hosts": hosts, **options},
    }


def sites(**pools: Any) -> dict[str, Site]:
    """Give the checked pools of one cluster."""
    spec = parse_cluster({"platform": "onprem", "region": "hall-1", "pools": pools})
    return parse(spec.pools, "cluster")


def counted(one: Site) -> list[dict[str, Any]]:
    """Give what the device plugin counts."""
    policy = infiniband.cluster_policy([one], plugin())
    found: list[dict[str, Any]] = json.loads(policy["sriovDevicePlugin"]["config"])["resourceList"]
    return found


@pytest.mark.never_again
@pytest.mark.parametrize("machine", JOINED)
def test_plugin_and_pods_name_the_same_devices(machine: str) -> None:
    """Threads skypilot #10055, aicr #2276: what the plugin counts is what the pod asks for, eight adapters of eight."""
    one = site(machine)
    (listed,) = counted(one)
    named = f"{listed['resourcePrefix']}/{listed['resourceName']}"
    place = pod_manifests.Place("it", one.pool.machine, fabric=True)
    asked = pod_manifests.devices(place, one.pool.machine.gpus)
    assert asked[named] == str(one.pool.machine.nics) == "8"
    assert not fabric.disagreements(one.pool.machine, requested=asked)


@pytest.mark.never_again
def test_a_shared_slot_is_no_adapter() -> None:
    """Thread aks-rdma-infiniband: a shared device counts pods, not adapters; only whole ports are counted."""
    (listed,) = counted(site())
    assert listed["selectors"] == {"vendors": ["15b3"], "isRdma": True, "linkTypes": ["infiniband"]}
    assert "rdmaSharedDevicePlugin" not in infiniband.cluster_policy([site()], plugin())


@pytest.mark.never_again
@pytest.mark.parametrize("owner", ["operator", "host"])
def test_the_driver_has_one_owner(owner: str) -> None:
    """Threads aks-rdma #54, dynamo #14506: GPU driver, adapter driver and peer memory follow one word."""
    one = site(driver=owner)
    values = gpus.values([one])
    assert values["driver"]["enabled"] is (owner == "operator")
    assert ("ofedDriver" in infiniband.cluster_policy([one], plugin())) is (owner == "operator")
    assert values["driver"]["rdma"] == {"enabled": True, "useHostMofed": owner == "host"}


@pytest.mark.never_again
def test_two_owners_are_refused() -> None:
    """Thread aks-rdma #54: one pool with the operator's driver beside one with its own corrupts the runtime."""
    pools = {
        "train": described("hgx-h100", "training", 2),
        "serve": described("hgx-h100", "serving", 1, first=9, driver="host"),
    }
    with pytest.raises(ProblemsError, match="one owner for all pools"):
        sites(**pools)


@pytest.mark.never_again
def test_one_operator_brings_node_feature_discovery() -> None:
    """Defect ai-on-eks #249: what two charts can bring is brought by one."""
    assert gpus.values([site()])["nfd"]["enabled"] is True
    assert infiniband.operator([site()])["nfd"]["enabled"] is False


@pytest.mark.never_again
def test_a_driver_out_of_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads aicr #2383, amazon-eks-ami #1494: a driver below a machine's floor is refused by name."""
    gpus.refuse([site("hgx-b200")])
    monkeypatch.setattr(operators, "GPU_DRIVER", "550.90.07")
    with pytest.raises(ProblemsError, match=r"570\.133\.20"):
        gpus.refuse([site("hgx-b200")])


@pytest.mark.never_again
def test_upgrades_take_one_machine_at_a_time() -> None:
    """Threads AKS #4818, #4425: there is no spare machine, so none is asked for."""
    policy = gpus.values([site()])["driver"]["upgradePolicy"]
    assert (policy["maxParallelUpgrades"], policy["maxUnavailable"]) == (1, 1)
    network = infiniband.cluster_policy([site()], plugin())["ofedDriver"]["upgradePolicy"]
    assert network["maxParallelUpgrades"] == 1
    assert network["drain"]["force"] is False


@pytest.mark.never_again
def test_operators_bear_every_taint() -> None:
    """Threads containers-roadmap #2555, #2567: tolerations come from the pools' taints, and all of them."""
    one = site()
    borne = {item["key"] for item in gpus.values([one])["daemonsets"]["tolerations"]}
    assert {taint["key"] for taint in nodes.taints(one)} <= borne
    assert {item["key"] for item in infiniband.cluster_policy([one], plugin())["tolerations"]} == borne


@pytest.mark.never_again
def test_a_machine_is_in_one_pool() -> None:
    """Threads ml-with-terraform #83, #118: pools that overlap are refused, by the machine's name."""
    pools = {
        "one": described("hgx-h100", "training", 2),
        "other": described("hgx-h100", "training", 2, first=2),
    }
    with pytest.raises(ProblemsError, match="host-2 is in pool 'one' too"):
        sites(**pools)


@pytest.mark.never_again
def test_cut_gpus_do_not_train_over_the_fabric() -> None:
    """Fact of Nebius' recipes: profiles belong to a GPU, and parts of a GPU reach neither each other nor a fabric."""
    with pytest.raises(ProblemsError, match="cannot reach each other"):
        site(mig={"1g.10gb": 7})
    with pytest.raises(ProblemsError, match="is no profile of h100"):
        site(purpose="serving", mig={"1g.18gb": 7})
    cut = site(purpose="serving", mig={"3g.40gb": 1, "1g.10gb": 4})
    assert nodes.labels(cut)["nvidia.com/mig.config"] == "pool-it"
    assert gpus.values([cut])["mig"]["strategy"] == "mixed"
    layouts = yaml.safe_load(gpus.layouts([cut]))["mig-configs"]
    assert layouts["pool-it"][0]["mig-devices"] == {"3g.40gb": 1, "1g.10gb": 4}


@pytest.mark.parametrize("key", ["0x8001", "0xfffe", "0x8abc"])
def test_partition_keys_of_full_members(key: str) -> None:
    """A key of a full member passes, with virtual functions to carry it and the fabric manager to grant it."""
    one = split(partition_key=key)
    assert one.partition_key == key
    assert "ibKubernetes" in infiniband.cluster_policy([one], plugin())
    assert "ibKubernetes" not in infiniband.cluster_policy([split()], plugin())


def test_pods_are_attached_once_for_each_adapter() -> None:
    """With virtual functions a pod asks for its partition's network eight times, and its job carries the request."""
    asked = infiniband.networks(split(partition_key="0x8001"))
    assert asked.split(",") == ["nvidia-network-operator/it-fabric-network"] * 8
    place = pod_manifests.Place("it", machines.get("onprem", "hgx-h100"), fabric=True)
    assert annotations(place, {"networks": asked}) == {"k8s.v1.cni.cncf.io/networks": asked}
    assert annotations(place, {}) == {}


@pytest.mark.parametrize(
    ("key", "attach"),
    [
        ("0x7fff", "sriov"),
        ("0xffff", "sriov"),
        ("0x8000", "sriov"),
        ("0x12", "sriov"),
        ("0x8001", "host-device"),
    ],
)
def test_partition_keys_that_cannot_be(key: str, attach: str) -> None:
    """The management partition, limited members, and keys that no virtual function carries are refused."""
    named: dict[str, Any] = {"adapters": ADAPTERS} if attach == "sriov" else {}
    with pytest.raises(ProblemsError, match="full members"):
        site(attach=attach, partition_key=key, **named)


@pytest.mark.never_again
def test_only_named_adapters_are_split() -> None:
    """Told the vendor alone, the operator took the cards of Ethernet too and made InfiniBand of them, with a reboot."""
    assert infiniband.functions(split())["nicSelector"] == {"vendor": "15b3", "pfNames": ADAPTERS}
    for names in ([], ADAPTERS[:7], [*ADAPTERS[:7], ADAPTERS[0]]):
        with pytest.raises(ProblemsError, match="8 interfaces, each once"):
            site(attach="sriov", adapters=names)
    with pytest.raises(ProblemsError, match="adapters"):
        site(adapters=ADAPTERS)


def test_nodes_say_what_and_where_they_are() -> None:
    """Each machine gets the labels of the fact table, its taints, and its place in the racks."""
    one = site()
    pool, place = nodes.rules(one)
    assert pool["labels"]["causeway/fabric"] == "infiniband-ndr"
    assert {taint["key"] for taint in pool["taints"]} == {"causeway/pool"} | {
        taint.key for taint in pods.taints(one.pool.machine)
    }
    assert place["labels"] == {
        "causeway/rack": "r1",
        "network.topology.nvidia.com/leaf": "leaf-1",
        "network.topology.nvidia.com/spine": "spine-1",
    }
    (matched,) = place["matchFeatures"]
    assert matched["matchExpressions"]["nodename"]["value"] == ["host-1", "host-2"]


def test_a_server_pool_does_not_name_the_fabric() -> None:
    """A pool that serves has no fabric in its label, and no taint of its own."""
    one = site(purpose="serving", count=1)
    assert nodes.labels(one)["causeway/fabric"] == "none"
    assert [taint["key"] for taint in nodes.taints(one)] == ["nvidia.com/gpu"]


def test_hosts_are_named_one_by_one() -> None:
    """As many names as nodes; a leaf for each machine of a fabric; nothing scales."""
    pool = {
        "machine": "hgx-h100",
        "purpose": "training",
        "nodes": 2,
        "options": {"hosts": {"a": {"rack": "r1"}}},
    }
    with pytest.raises(ProblemsError) as caught:
        sites(it=pool)
    where = {problem.where for problem in caught.value.problems}
    assert where == {"pools.it.options.hosts", "pools.it.options.hosts.a.leaf"}


def plugin() -> Any:
    """Give the plugin of the fact table."""
    return fabric.plugin(machines.get("onprem", "hgx-h100"))
