"""AKS pools: what users of Azure were bitten by is decided once, from the fact table."""

from typing import Any

import pulumi
import pytest
from azure_declared import KEY, NETWORK, declared

from components.gpu_cluster.azure import agent_pool, control_plane, domains, driver, features, refuse
from components.gpu_cluster.pools import NodePoolSpec
from components.gpu_cluster.shape import parse
from components.kubernetes import fabric as joining
from components.kubernetes import operators, pods
from components.kubernetes.operators import Driver
from components.microsoft import rights
from infra.catalog import fabric, machines
from infra.problems import ProblemsError
from providers.rehearsal.clouds import azure_rules

H100 = "Standard_ND96isr_H100_v5"
A100 = "Standard_NC24ads_A100_v4"
GB200 = "Standard_ND128isr_NDR_GB200_v6"
RESERVED = {
    "reserved": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/capacityReservationGroups/h"
}
JOINED = [machine.name for machine in machines.all("azure") if machine.link is not None]


def cluster(**more: Any) -> Any:
    """Give a checked cluster, beside a system pool that stays."""
    stays = {"machine": "Standard_D4s_v5", "purpose": "system"}
    where = {"account": "s", "region": "westeurope", "key": "k", "log_key": "k", "admin_principals": ["a"]}
    pools = {"system": stays, **more.pop("pools", {})}
    return parse({"platform": "azure", "network": {"zones": ["1"]}, **where, "pools": pools, **more})


def pool(machine: str, purpose: str = "training", **more: Any) -> NodePoolSpec:
    """Give one checked pool; machines of eight accelerators are reserved unless said otherwise."""
    capacity = {} if machines.get("azure", machine).gpus < 8 else {"capacity": RESERVED}
    made: NodePoolSpec = cluster(
        pools={"it": {"machine": machine, "purpose": purpose, **capacity, **more}}
    ).pools["it"]
    return made


def made(one: NodePoolSpec, **more: Any) -> dict[str, Any]:
    """Give a pool's arguments."""
    owner = driver.owner([one])
    return agent_pool.arguments(one, owner, subnet="subnet", zones=["1"], tags={"team": "ml"}, **more)


@pytest.mark.never_again
@pytest.mark.parametrize("machine", JOINED)
def test_cards_of_the_machine_the_plugin_and_the_pod_are_the_same(machine: str) -> None:
    """Threads skypilot #10055, #8391, aicr #2276: the pod asks for whole adapters by the plugin's name, all of them."""
    one = machines.get("azure", machine)
    asked = pods.devices(pods.Place("it", one, fabric=True), one.gpus)
    policy = operators.nic_policy(fabric.of(one), "v1", [])
    assert '"resourceName": "ib", "resourcePrefix": "rdma"' in policy["sriovDevicePlugin"]["config"]
    assert asked["rdma/ib"] == str(one.nics)
    assert "IPC_LOCK" in pods.security(pods.Place("it", one, fabric=True))["capabilities"]["add"]


@pytest.mark.never_again
def test_a_pool_never_outgrows_its_island() -> None:
    """Threads AKS #2725, #1947: InfiniBand does not cross scale sets, so scaling past one is refused."""
    assert pool(H100, nodes=2, max_nodes=100).max_nodes == 100
    with pytest.raises(ProblemsError, match="one scale set joins at most 100"):
        pool(H100, nodes=2, max_nodes=101)


@pytest.mark.never_again
@pytest.mark.parametrize("machine", [H100, A100])
def test_pools_of_gpus_never_surge(machine: str) -> None:
    """Threads AKS #4818, #4425, #2181: there is no quota for a spare, so a node goes before its successor comes."""
    assert made(pool(machine))["upgrade_settings"] == {"max_surge": "0", "max_unavailable": "1"}


@pytest.mark.never_again
@pytest.mark.parametrize(("machine", "owner"), [(H100, Driver.OPERATOR), (A100, Driver.PLATFORM)])
def test_exactly_one_party_installs_the_driver(machine: str, owner: Driver) -> None:
    """Threads aks-rdma #54, dynamo #14506: pool and operator are told the same owner, and peermem comes with it."""
    one = pool(machine)
    values = operators.gpu_values(driver.owner([one]), [], rdma=one.fabric)
    by_aks, by_operator = made(one)["gpu_profile"]["driver"] == "Install", values["driver"]["enabled"]
    assert driver.owner([one]) is owner
    assert (by_aks, by_operator) == (owner is Driver.PLATFORM, owner is Driver.OPERATOR)
    assert values["driver"]["rdma"]["enabled"] is one.fabric


@pytest.mark.never_again
def test_a_cluster_has_one_owner_for_all_its_pools() -> None:
    """Thread aks-rdma #54: a serving pool without InfiniBand beside a training pool with it gets no second driver."""
    both = [pool(H100), pool(A100, "serving")]
    found = {
        agent_pool.arguments(one, driver.owner(both), subnet="s", zones=["1"], tags={})["gpu_profile"][
            "driver"
        ]
        for one in both
    }
    assert found == {"None"}


@pytest.mark.never_again
@pytest.mark.parametrize(("machine", "on"), [(H100, True), ("Standard_ND96asr_v4", True), (GB200, False)])
def test_the_feature_of_infiniband_follows_the_size(machine: str, on: bool) -> None:
    """aks-rdma prerequisites: registered for ND v4 and v5, and not for racks of NVLink."""
    joined = [pool(machine)]
    assert features.demands(joined)[features.INFINIBAND] is on
    assert f" {'register' if on else 'unregister'} --namespace Microsoft.ContainerService" in features.told(
        joined
    )
    assert features.INFINIBAND not in features.demands([pool(A100)])


@pytest.mark.never_again
def test_sizes_that_want_the_feature_on_and_off_do_not_mix() -> None:
    """The feature holds for a whole subscription, so the text names both sizes."""
    with pytest.raises(ProblemsError, match=f"{H100} needs .* on, {GB200} needs it off"):
        features.demands([pool(H100), pool(GB200)])


@pytest.mark.never_again
def test_a_cluster_older_than_its_machines_need_is_refused() -> None:
    """A peer's example asks for Kubernetes 1.30 where its own recipe for H100 says 1.32.4."""
    asked = {"it": {"machine": H100, "purpose": "training", "capacity": RESERVED}}
    refuse("cluster", cluster(pools=asked))
    with pytest.raises(ProblemsError, match=r"1\.32\.4"):
        refuse("cluster", cluster(pools=asked, version="1.30"))


@pytest.mark.never_again
def test_a_plugin_bears_every_taint_of_its_pools() -> None:
    """Thread containers-roadmap #2555: tolerations are generated from the pools, for pods, operators and agents."""
    one = pool(H100)
    keys = set(agent_pool.taints(one))
    assert keys == {"nvidia.com/gpu", "causeway/pool"}
    assert {
        t["key"] for t in operators.gpu_values(Driver.OPERATOR, keys, rdma=True)["daemonsets"]["tolerations"]
    } == keys
    assert {t["key"] for t in pods.tolerations(pods.Place("it", one.machine, fabric=True))} == keys
    assert made(one)["node_taints"] == ["nvidia.com/gpu=present:NoSchedule", "causeway/pool=it:NoSchedule"]


@pytest.mark.never_again
def test_machines_of_eight_name_their_capacity() -> None:
    """Thread modelplane #113: nothing is on demand by default where it effectively never is."""
    with pytest.raises(ProblemsError, match="capacity"):
        cluster(pools={"it": {"machine": H100, "purpose": "training"}})
    assert made(pool(H100))["capacity_reservation_group_id"] == RESERVED["reserved"]


@pytest.mark.never_again
def test_options_are_merged_last_and_a_stray_one_is_named() -> None:
    """Thread gke #1506, #1723: arguments can be set, but not the driver, which has one owner; the nearest is told."""
    assert made(pool(A100, options={"max_pods": 60}))["max_pods"] == 60
    with pytest.raises(ProblemsError, match="max_pods"):
        made(pool(A100, options={"max_pod": 60}))
    with pytest.raises(ProblemsError, match=r"gpu_profile: no such argument"):
        made(pool(A100, options={"gpu_profile": {"driver": "Install"}}))


def test_spot_pools_scale_from_none_and_say_so() -> None:
    """Machines that can be taken away may all be gone; the pool beside them is bought at list price."""
    one = pool(
        A100, "serving", nodes=2, min_nodes=1, max_nodes=4, capacity={"spot": {"fallback": "on-demand"}}
    )
    spot, stays = made(one, spot=True), made(one)
    assert (spot["scale_set_priority"], spot["min_count"], spot["max_count"]) == ("Spot", 0, 4)
    assert ("scale_set_priority" in stays, stays["min_count"]) == (False, 1)


@pytest.mark.never_again
def test_a_spot_pool_says_nothing_of_surges() -> None:
    """Threads azurerm #19355, bicep #14517: AKS refuses it; what AKS adds by itself is declared, so nothing drifts."""
    one = pool(A100, "serving", max_nodes=4, capacity={"spot": {"fallback": "on-demand"}})
    spot = made(one, spot=True)
    assert "upgrade_settings" not in spot
    assert spot["node_labels"]["kubernetes.azure.com/scalesetpriority"] == "spot"
    assert "kubernetes.azure.com/scalesetpriority=spot:NoSchedule" in spot["node_taints"]
    assert "kubernetes.azure.com/scalesetpriority" not in made(one)["node_labels"]


@pytest.mark.never_again
def test_what_aks_fixes_at_creation_makes_another_pool() -> None:
    """Thread pulumi-azure-native #959: the provider knows two of these arguments, AKS refuses to change the others."""
    said = {*agent_pool.OPTIONS, *made(pool(H100)), *made(pool(A100, "serving"), spot=True)}
    there = {name.lower() for name in azure_rules.FIXED}
    assert {name for name in said if name.replace("_", "").lower() in there} == {*agent_pool.FIXED}


@pytest.mark.never_again
def test_reserved_machines_are_never_given_back() -> None:
    """Threads hawk #93, karpenter #8935: no autoscaler counts them; they stand in one zone, behind their own taint."""
    found = made(pool(H100, nodes=8))
    assert (found["count"], found["enable_auto_scaling"], "min_count" in found) == (8, False, False)
    assert found["availability_zones"] == ["1"]
    assert "causeway/pool=it:NoSchedule" in found["node_taints"]


@pytest.mark.never_again
def test_nothing_moves_under_a_running_pool() -> None:
    """Threads amazon-eks-ami #2165, pulumi-eks #1550: images change by hand alone, and a given one is not ignored."""
    spec = cluster(key=KEY, log_key=KEY, network=NETWORK)
    profile = {"name": "system", **agent_pool.arguments(
        spec.pools["system"], Driver.PLATFORM, subnet="subnet", zones=["1"], tags={}
    )}  # fmt: skip

    def build(opts: pulumi.ResourceOptions) -> None:
        group = rights.group("cluster", "westeurope", {}, opts)
        control_plane.build("cluster", spec, group, profile)

    plane = next(one.inputs for one in declared(build) if one.token.endswith(":ManagedCluster"))
    assert plane["autoUpgradeProfile"] == {"upgradeChannel": "none", "nodeOSUpgradeChannel": "None"}
    with pytest.raises(ProblemsError, match=r"image: given 'ubuntu'"):
        refuse("cluster", cluster(image="ubuntu"))


@pytest.mark.never_again
def test_nodes_may_pull_images() -> None:
    """Nodes with an identity of their own have no right on any registry: no pod of ours would have started."""
    spec = cluster(key=KEY, log_key=KEY, network=NETWORK)

    def build(opts: pulumi.ResourceOptions) -> None:
        group = rights.group("cluster", "westeurope", {}, opts)
        control_plane.build("cluster", spec, group, {"name": "system", "enable_auto_scaling": False})

    found = [one.inputs for one in declared(build) if one.name == "cluster-images"]
    assert [one["scope"] for one in found] == ["/subscriptions/s"]
    assert found[0]["roleDefinitionId"].endswith(f"/roleDefinitions/{rights.ROLES['AcrPull']}")


def test_a_reservation_is_named_with_its_group() -> None:
    """Its machines come from there, whether bought first or after spot; other pools name none."""
    assert agent_pool.reservation(pool(H100)) == RESERVED["reserved"]
    assert agent_pool.reservation(pool(A100)) == ""
    later = pool(H100, "serving", capacity={"spot": {"fallback": RESERVED}})
    assert agent_pool.reservation(later) == RESERVED["reserved"]


@pytest.mark.parametrize(("machine", "system"), [(H100, "Ubuntu"), (GB200, "Ubuntu2404")])
def test_racks_of_nvlink_get_their_system(machine: str, system: str) -> None:
    """GB200 and GB300 run on Ubuntu 24.04 alone."""
    assert made(pool(machine))["os_sku"] == system


@pytest.mark.never_again
@pytest.mark.parametrize(("machine", "whole"), [(GB200, True), (H100, False)])
def test_racks_of_nvlink_share_memory_by_domains(machine: str, whole: bool) -> None:
    """Thread dra-driver-nvidia-gpu #957: a job asks for a domain of its own, on machines that have one alone."""
    one = pool(machine)
    assert fabric.of(one.machine).imex is whole
    assert domains.racks([one]) == ([one] if whole else [])
    spec = pods.Place("it", one.machine, fabric=True)
    assert ("resourceClaims" in joining.pod(fabric.of(spec.machine), "it")) is whole


def test_a_rack_keeps_its_own_driver_of_infiniband() -> None:
    """The Network Operator counts its cards and brings no driver; the user reads in one sentence what nobody knows."""
    one = pool(GB200)
    assert "ofedDriver" not in operators.nic_policy(fabric.of(one.machine), "v1", [], driver=False)
    assert "ofedDriver" in operators.nic_policy(fabric.of(one.machine), "v1", [])
    assert domains.told([one]).count(". ") == 0
    values = domains.values([one], ["nvidia.com/gpu"])
    assert values["resources"] == {"gpus": {"enabled": False}}
    assert values["kubeletPlugin"]["tolerations"][0]["key"] == "nvidia.com/gpu"


def test_a_rack_needs_the_kubernetes_of_its_domains() -> None:
    """Domains are handed out from 1.34.2 on, which the default brings; an older one is refused by name."""
    train = {"train": {"machine": GB200, "purpose": "training", "capacity": RESERVED}}
    refuse("cluster", cluster(pools=train))
    with pytest.raises(ProblemsError, match=r"1\.34\.2"):
        refuse("cluster", cluster(pools=train, version="1.33"))


@pytest.mark.parametrize(
    ("given", "ending", "name"),
    [("train", "", "train"), ("serve", "spot", "servespot"), ("8way", "", "p8way")],
)
def test_pools_are_named_as_aks_allows(given: str, ending: str, name: str) -> None:
    """Twelve lower-case letters and digits, the first a letter."""
    one = cluster(pools={given: {"machine": A100, "purpose": "serving"}}).pools[given]
    assert agent_pool.name(one, ending) == name


def test_long_names_of_pools_stay_apart() -> None:
    """What is cut ends in a hash of the whole."""
    pools = {
        key: {"machine": A100, "purpose": "serving"} for key in ("inference-large-a", "inference-large-b")
    }
    found = {agent_pool.name(one) for one in cluster(pools=pools).pools.values() if one.purpose == "serving"}
    assert len(found) == 2
    assert all(len(name) <= 12 and name.isalnum() for name in found)


def test_a_reservation_is_an_id() -> None:
    """A name alone leads nowhere; the text shows the form of an id."""
    spec = cluster(
        pools={"train": {"machine": H100, "purpose": "training", "capacity": {"reserved": "h100"}}}
    )
    with pytest.raises(
        ProblemsError, match=r"pools.train.capacity: reserved 'h100'.*capacityReservationGroups/"
    ):
        refuse("cluster", spec)


def test_a_cluster_needs_a_place_for_its_own_parts() -> None:
    """Without a system pool that stays, names are not answered."""
    spec = cluster(
        pools={"system": {"machine": "Standard_D4s_v5", "purpose": "system", "nodes": 0, "max_nodes": 3}}
    )
    with pytest.raises(ProblemsError, match="none is a system pool with a node that stays"):
        refuse("cluster", spec)
