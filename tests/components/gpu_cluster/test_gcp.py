"""GKE pools: what users of Google Cloud were bitten by is decided once, from the fact table."""

from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest

from components.google import rails
from components.gpu_cluster.gcp import handed, installers, node_pool, refuse, shared, with_fallback
from components.gpu_cluster.gcp.versions import INSTALLERS, KUBERNETES
from components.gpu_cluster.pools import NodePoolSpec
from components.gpu_cluster.shape import parse
from components.kubernetes import pods
from infra.capacity import OnDemand
from infra.catalog import bindings, fabric, machines
from infra.catalog.fabrics import Transport
from infra.problems import ProblemsError

RESERVED = {"reserved": "mine"}
JOINED = [machine.name for machine in machines.all("gcp") if machine.link is not None]
ZONES = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]


def pool(machine: str, purpose: str = "training", **more: Any) -> NodePoolSpec:
    """Give one checked pool; machines of eight accelerators are reserved unless said otherwise."""
    capacity = {} if machines.get("gcp", machine).gpus < 8 else {"capacity": RESERVED}
    one = {"machine": machine, "purpose": purpose, **capacity, **more}
    args: Any = {"platform": "gcp", "pools": {"it": one}}
    return parse(args).pools["it"]


def configured(one: NodePoolSpec) -> dict[str, Any]:
    """Give a pool's node configuration."""
    return node_pool.node(one, key="key", account="who", labels={"team": "ml"})


def cluster(**pools: Any) -> Any:
    """Give a checked cluster of these pools, beside a system pool that stays."""
    stays = {"machine": "e2-standard-4", "purpose": "system"}
    where = {"account": "p", "region": "europe-west4", "key": "k", "network": {"zones": ZONES}}
    return parse({"platform": "gcp", **where, "pools": {"system": stays, **pools}})


@pytest.mark.never_again
@pytest.mark.parametrize(
    ("machine", "networks", "subnets", "mtu"),
    [
        ("a3-highgpu-8g", 4, 4, 8244),
        ("a3-megagpu-8g", 8, 8, 8244),
        ("a3-ultragpu-8g", 2, 9, 8896),
        ("a4-highgpu-8g", 2, 9, 8896),
    ],
)
def test_every_machine_gets_its_networks(machine: str, networks: int, subnets: int, mtu: int) -> None:
    """Thread skypilot #8391: as many cards as the machine has, each on a network of its own, with its largest frame."""
    found = fabric.networks(machines.get("gcp", machine))
    assert (len(found), sum(one.subnets for one in found), {one.mtu for one in found}) == (
        networks,
        subnets,
        {mtu},
    )
    assert node_pool.cards(pool(machine)) == subnets


@pytest.mark.never_again
@pytest.mark.parametrize("machine", ["a3-highgpu-8g", "a3-ultragpu-8g", "a4-highgpu-8g"])
def test_cards_of_the_node_and_of_the_pod_are_the_same(machine: str) -> None:
    """Threads skypilot #10055, aicr #2275: the pod asks for every rail by the name under which the cluster has it."""
    made = machines.get("gcp", machine)
    asked = [name for _, name in pods.interfaces(pods.Place("it", made, fabric=True))]
    had = [
        f"{one.name}-{at}" if one.kind == "rdma" else one.name
        for one in fabric.networks(made)
        for at in range(one.subnets)
    ]
    assert set(asked) <= set(had)
    assert len(asked) == made.nics


@pytest.mark.never_again
def test_a_pod_outside_the_fabric_asks_for_no_card() -> None:
    """A server inside one machine gets no annotation; a pod of a fabric gets them all."""
    ultra = machines.get("gcp", "a3-ultragpu-8g")
    assert pods.annotations(pods.Place("it", ultra, fabric=False)) == {}
    found = pods.annotations(pods.Place("it", ultra, fabric=True))
    assert found["networking.gke.io/default-interface"] == "eth0"
    assert '"interfaceName":"eth9","network":"rdma-7"' in found["networking.gke.io/interfaces"]


@pytest.mark.never_again
@pytest.mark.parametrize("machine", JOINED)
def test_the_installer_is_that_of_the_transport(machine: str) -> None:
    """Threads aicr #1054 and PAICR's example: an A3 Mega installer never lands on B200 or on A3 High."""
    one = fabric.of(machines.get("gcp", machine))
    written = installers.daemon_set(one, [pool(machine)])["template"]["spec"]
    assert written["nodeSelector"] == {"causeway/fabric": one.name}
    assert written["initContainers"][0]["image"].startswith(INSTALLERS[one.transport])
    assert node_pool.node_labels(pool(machine))["causeway/fabric"] == one.name


@pytest.mark.never_again
def test_an_installer_bears_the_taints_of_its_pools() -> None:
    """Thread EKS node monitoring #39: tolerations come from the pools' taints, so none is forgotten and none added."""
    made = pool("a3-ultragpu-8g")
    spec = installers.daemon_set(fabric.of(made.machine), [made])["template"]["spec"]
    assert {one["key"] for one in spec["tolerations"]} == {"nvidia.com/gpu", "causeway/pool"}


@pytest.mark.never_again
def test_a_fabric_that_gke_does_not_carry_is_refused() -> None:
    """CTK's dead minimum: a version before the first that carries TCPXO stops the preview; the pinned one passes."""
    mega = [pool("a3-megagpu-8g")]
    installers.refuse(mega, KUBERNETES)
    with pytest.raises(ProblemsError, match=r"1\.27\.1-gke\.100 is older than"):
        installers.refuse(mega, "1.27.1-gke.100")


@pytest.mark.never_again
def test_plugin_and_daemon_are_a_released_pair() -> None:
    """Thread container-engine-accelerators PR #570: versions of installer and daemon come as one row."""
    for machine in ("a3-highgpu-8g", "a3-megagpu-8g"):
        one = fabric.of(machines.get("gcp", machine))
        assert one.installer
        assert one.daemon
    installers.refuse([pool("a3-highgpu-8g"), pool("a3-megagpu-8g")], KUBERNETES)


@pytest.mark.never_again
def test_tcpx_bindings_do_not_overlap() -> None:
    """Thread container-engine-accelerators PR #570: no core sends and receives."""
    env = fabric.of(machines.get("gcp", "a3-highgpu-8g")).env
    sending, receiving = (env[f"NCCL_GPUDIRECTTCPX_{way}_BINDINGS"] for way in ("TX", "RX"))
    assert bindings.shared(sending, receiving) == frozenset()


@pytest.mark.never_again
def test_tcpxo_runs_on_the_nodes_network() -> None:
    """Thread container-engine-accelerators #580: without it the daemon sees seven of eight GPUs."""
    mega = machines.get("gcp", "a3-megagpu-8g")
    one = fabric.of(mega)
    assert one.host_network
    assert "networking.gke.io/interfaces" not in pods.annotations(pods.Place("it", mega, fabric=True))
    assert one.daemon
    assert set(one.daemon.capabilities) == {"NET_ADMIN", "NET_BIND_SERVICE"}


@pytest.mark.never_again
def test_gpus_are_handed_to_daemons_and_to_nobody_else() -> None:
    """Thread container-engine-accelerators #580: the injector runs on pools whose fabric has a daemon."""
    mega = pool("a3-megagpu-8g")
    spec = handed.daemon_set([mega])["template"]["spec"]
    (term,) = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][
        "nodeSelectorTerms"
    ]
    assert term["matchExpressions"] == [{"key": "causeway/pool", "operator": "In", "values": ["it"]}]
    assert {one["key"] for one in spec["tolerations"]} == {"nvidia.com/gpu", "causeway/pool"}


def test_an_installer_enters_the_node() -> None:
    """TCPXO's changes the node's own mounts, so it has to see the node's first process."""
    made = pool("a3-megagpu-8g")
    spec = installers.daemon_set(fabric.of(made.machine), [made])["template"]["spec"]
    assert spec["hostPID"]
    assert "nsenter -at 1" in spec["initContainers"][0]["args"][0]


def test_grace_machines_get_their_own_installer_and_domains() -> None:
    """The image is built for Arm, the taint of GKE is borne, and the chart hands out domains but no GPUs."""
    made = pool("a4x-highgpu-4g")
    spec = installers.daemon_set(fabric.of(made.machine), [made])["template"]["spec"]
    assert "/nccl-plugin-gib-arm64:" in spec["initContainers"][0]["image"]
    assert "kubernetes.io/arch" in {one["key"] for one in spec["tolerations"]}
    values = shared.values([made])
    assert values["resources"] == {"gpus": {"enabled": False}}
    assert "kubernetes.io/arch" in {one["key"] for one in values["kubeletPlugin"]["tolerations"]}


def test_a_machine_that_is_not_built_is_told_in_one_sentence() -> None:
    """A4X Max needs a service of Google's on every node; as a place for servers it passes."""
    metal = {"machine": "a4x-maxgpu-4g-metal", "capacity": RESERVED}
    with pytest.raises(
        ProblemsError, match=r"pools\.a\.machine: given a4x-maxgpu-4g-metal: .*asapd-lite.*serving"
    ):
        refuse("it", cluster(a={"purpose": "training", **metal}))
    refuse("it", cluster(a={"purpose": "serving", **metal}))


@pytest.mark.never_again
def test_reserved_machines_are_kept() -> None:
    """Threads METR/hawk #93, AKS #4818: no surge, no repair, no upgrade by itself where there is no spare."""
    found = node_pool.upkeep(pool("a3-ultragpu-8g"))
    assert found["upgrade_settings"] == {"strategy": "SURGE", "max_surge": 0, "max_unavailable": 1}
    assert found["management"] == {"auto_repair": False, "auto_upgrade": False}
    assert node_pool.upkeep(pool("e2-standard-4", "system"))["management"]["auto_repair"]


@pytest.mark.never_again
def test_capacity_must_be_said() -> None:
    """Thread modelplane #113: eight H200 without a word on where they come from are refused."""
    with pytest.raises(ProblemsError, match="rarely to be had on demand"):
        pool("a3-ultragpu-8g", capacity=None)


def test_a_reservation_is_named_and_brings_its_place() -> None:
    """Thread terraform-aws-eks #3730, on Google: no policy of our own under a reservation, and only its machines."""
    made = pool("a3-ultragpu-8g")
    affinity = configured(made)["reservation_affinity"]
    assert affinity["consume_reservation_type"] == "SPECIFIC_RESERVATION"
    assert affinity["values"] == ["mine"]
    assert node_pool.placement(made) == {}
    grouped = pool("a3-ultragpu-8g", capacity={"reserved": {"id": "mine", "group": "g"}})
    assert node_pool.placement(grouped) == {"placement_policy": {"type": "COMPACT", "policy_name": "g"}}


def test_machines_bought_one_by_one_stand_together() -> None:
    """On demand a fabric is placed compactly, in one zone."""
    made = pool("a3-megagpu-8g", capacity="on-demand")
    assert node_pool.placement(made) == {"placement_policy": {"type": "COMPACT"}}
    assert node_pool.zones(made, ZONES) == ZONES[:1]


def test_flex_start_comes_in_a_queue_from_nothing() -> None:
    """Queued: no standing nodes, no reservation, no repair, a longest run."""
    made = pool("a4-highgpu-8g", nodes=0, max_nodes=8, capacity={"flex-start": "24h"})
    node = configured(made)
    assert (node["flex_start"], node["max_run_duration"]) == (True, "86400s")
    assert node["reservation_affinity"] == {"consume_reservation_type": "NO_RESERVATION"}
    assert node_pool.bought(made)[1] == {"queued_provisioning": {"enabled": True}}
    assert not node_pool.upkeep(made)["management"]["auto_repair"]
    assert node_pool.size(made, ZONES[:1])["autoscaling"]["total_min_node_count"] == 0


def test_flex_start_with_standing_nodes_is_refused() -> None:
    """Cluster-toolkit's precondition, told before anything is made."""
    with pytest.raises(ProblemsError, match="no-standing-flex-start"):
        pool("a4-highgpu-8g", nodes=2, capacity={"flex-start": "24h"})


@pytest.mark.never_again
def test_spot_machines_have_a_second_pool_behind_them() -> None:
    """Thread cluster-toolkit #4058: what spot cannot give comes on demand, under the same labels."""
    made = pool("g2-standard-24", "serving", min_nodes=0, nodes=2, max_nodes=4, capacity="spot")
    first, second = with_fallback(made)
    assert configured(first)["spot"]
    assert isinstance(second.capacity, OnDemand)
    assert "spot" not in configured(second)
    assert node_pool.node_labels(first) == node_pool.node_labels(second)
    alone = pool("g2-standard-24", "serving", nodes=1, capacity={"spot": {"fallback": "none"}})
    assert with_fallback(alone) == [alone]


@pytest.mark.parametrize(("nodes", "zones"), [(1, 1), (2, 2), (3, 3), (4, 2), (5, 1), (6, 3)])
def test_nodes_are_what_was_asked_for(nodes: int, zones: int) -> None:
    """GKE counts by zone: the zones divide the nodes, so that three never come to nine."""
    made = pool("e2-standard-4", "system", nodes=nodes)
    places = node_pool.zones(made, ZONES)
    assert len(places) == zones
    assert node_pool.size(made, places)["node_count"] * zones == nodes


@pytest.mark.parametrize(
    ("machine", "nodes", "shape"),
    [("ct5lp-hightpu-4t", 4, "4x4"), ("ct6e-standard-4t", 16, "8x8"), ("ct5p-hightpu-4t", 4, "2x2x4")],
)
def test_a_slice_takes_its_shape_from_its_nodes(machine: str, nodes: int, shape: str) -> None:
    """Nodes times chips a node is the shape's product; the pool is placed in that shape."""
    made = pool(machine, nodes=nodes)
    assert node_pool.placement(made) == {"placement_policy": {"type": "COMPACT", "tpu_topology": shape}}
    assert "guest_accelerators" not in configured(made)
    assert {"key": "google.com/tpu", "value": "present", "effect": "NO_SCHEDULE"} in node_pool.taints(made)


def test_a_slice_of_another_size_is_refused() -> None:
    """A shape of four machines in a pool of two, and a number of machines that no shape has."""
    with pytest.raises(ProblemsError, match="takes 4; allowed: 4"):
        node_pool.slice_of(pool("ct5lp-hightpu-4t", nodes=2, options={"tpu_topology": "4x4"}))
    with pytest.raises(ProblemsError, match=r"options\.tpu_topology"):
        node_pool.slice_of(pool("ct5lp-hightpu-4t", nodes=3))


@pytest.mark.parametrize(
    "machine", [one.name for one in machines.all("gcp") if one.gpus and not one.topology]
)
def test_every_gpu_is_counted_under_its_label(machine: str) -> None:
    """Type and number of GPUs are the row's; labels that GKE sets itself are never set again."""
    made = pool(machine)
    card = configured(made)["guest_accelerators"][0]
    assert (card["type"], card["count"]) == (
        made.machine.labels["cloud.google.com/gke-accelerator"],
        made.machine.gpus,
    )
    assert not set(node_pool.node_labels(made)) & set(made.machine.labels)


def test_disks_and_identity_of_nodes_are_ours() -> None:
    """Our key, our account, no metadata of the node for pods, secure boot, scratch disks as many as the machine has."""
    node = configured(pool("a3-ultragpu-8g"))
    assert (node["boot_disk_kms_key"], node["service_account"]) == ("key", "who")
    assert node["workload_metadata_config"] == {"mode": "GKE_METADATA"}
    assert node["ephemeral_storage_local_ssd_config"] == {"local_ssd_count": 32}
    assert node["disk_type"] == "hyperdisk-balanced"


def test_an_unknown_option_names_the_nearest() -> None:
    """Thread GKE module #1506: platform arguments pass, and a misspelt one is told."""
    assert configured(pool("g2-standard-4", options={"disk_type": "pd-ssd"}))["disk_type"] == "pd-ssd"
    with pytest.raises(ProblemsError, match="did you mean 'disk_type'"):
        configured(pool("g2-standard-4", options={"disk_typ": "pd-ssd"}))


def test_one_fabric_a_cluster() -> None:
    """Names of a fabric's networks are the cluster's, so a second pool with a fabric is refused; one passes."""
    ultra = {"machine": "a3-ultragpu-8g", "purpose": "training", "capacity": RESERVED}
    refuse("it", cluster(a=ultra))
    with pytest.raises(ProblemsError, match="one pool with a fabric"):
        refuse("it", cluster(a=ultra, b=ultra))


def test_a_cluster_needs_nodes_that_stay() -> None:
    """Without a system pool nothing would answer names."""
    with pytest.raises(ProblemsError, match="purpose: system"):
        refuse("it", cluster(system={"machine": "e2-standard-4", "purpose": "serving"}))


def test_rails_share_out_their_block() -> None:
    """Nine cards, nine ranges of the pool's block, none touching another; a card's range never moves."""
    found = [IPv4Network(one) for one in rails("10.0.200.0/21", 9)]
    assert len(found) == 9
    assert not any(one.overlaps(other) for one, other in combinations(found, 2))
    assert rails("10.0.200.0/21", 3) == [str(one) for one in found[:3]]


@pytest.mark.parametrize("transport", list(INSTALLERS))
def test_an_installer_fills_only_what_it_sees(transport: Transport) -> None:
    """Each copy ends below a folder of the node that the installer has mounted."""
    seen = installers.HOST[transport].values()
    assert all(
        any(target.startswith(folder) for folder in seen) for _, target in installers.COPIES[transport]
    )
