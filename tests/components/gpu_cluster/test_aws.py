"""EKS pools: what AWS users were bitten by is decided once, from the fact table."""

import base64
import email
from typing import Any

import pytest

from components.gpu_cluster.aws import boot, devices, karpenter_pool, launch
from components.gpu_cluster.aws.versions import IMAGE, image_day
from components.gpu_cluster.pools import NodePoolSpec
from components.gpu_cluster.shape import parse
from components.kubernetes import pods
from infra.catalog import machines
from infra.problems import ProblemsError

RESERVED = {"reserved": "cr-0123456789abcdef0"}
FABRIC = [machine.name for machine in machines.all("aws") if machine.link is not None and machine.cards]


def pool(machine: str, purpose: str = "training", **more: Any) -> NodePoolSpec:
    """Give one checked pool; machines of eight accelerators are reserved unless said otherwise."""
    capacity = {} if machines.get("aws", machine).gpus < 8 else {"capacity": RESERVED}
    args: Any = {
        "platform": "aws",
        "pools": {"it": {"machine": machine, "purpose": purpose, **capacity, **more}},
    }
    return parse(args).pools["it"]


@pytest.mark.never_again
@pytest.mark.parametrize("machine", FABRIC)
def test_interfaces_table_and_pod_agree(machine: str) -> None:
    """Threads skypilot #8391, #10055: launch template, table and pod request name the same EFA devices."""
    made = pool(machine)
    wired = [one for one in launch.interfaces(made, ["sg"]) if one["interface_type"] == "efa-only"]
    asked = pods.devices(pods.Place("it", made.machine, fabric=True), made.machine.gpus)
    assert len(wired) == made.machine.nics == int(asked["vpc.amazonaws.com/efa"])


@pytest.mark.never_again
def test_p5_has_no_third_interface_on_a_card() -> None:
    """Threads eksctl #7520, terraform-aws-eks #3653: p5's cards hold two; card 0 has a plain one and an EFA."""
    found = launch.interfaces(pool("p5.48xlarge"), ["sg"])
    places = [(one["network_card_index"], one["device_index"]) for one in found]
    assert len(places) == 33
    assert places[:3] == [(0, 0), (0, 1), (1, 0)]
    assert len(set(places)) == len(places)
    assert found[0]["interface_type"] == "interface"
    # EKS refuses a template that names a subnet (EKS API, LaunchTemplateSpecification)
    assert not any("subnet_id" in one for one in found)


@pytest.mark.never_again
def test_p6_b300_keeps_card_0_plain() -> None:
    """Thread aws-parallelcluster #7143: 17 cards, 16 EFA, and none of them on card 0."""
    found = launch.interfaces(pool("p6-b300.48xlarge"), ["sg"])
    assert [one["network_card_index"] for one in found if one["interface_type"] == "efa-only"] == list(
        range(1, 17)
    )


@pytest.mark.never_again
def test_a_reservation_brings_its_own_placement() -> None:
    """Thread terraform-aws-eks #3730: no fresh placement group under a reservation; one by one machines get a group."""
    assert launch.placement(pool("p5.48xlarge")) is None
    named = {"reserved": {"id": "cr-0123456789abcdef0", "group": "mine"}}
    assert launch.placement(pool("p5.48xlarge", capacity=named)) == "mine"
    assert launch.placement(pool("g5.8xlarge")) == "new"


@pytest.mark.never_again
def test_a_reserved_pool_never_needs_a_spare_machine() -> None:
    """METR/hawk #93, karpenter #8935: a node ends before its successor starts, and nobody replaces it on a hunch."""
    group = launch.node_group(pool("p5.48xlarge"), IMAGE)
    assert group["update_config"] == {"max_unavailable": 1, "update_strategy": "MINIMAL"}
    assert group["node_repair_config"] == {"enabled": False}
    assert launch.node_group(pool("g5.xlarge"), IMAGE)["update_config"]["update_strategy"] == "DEFAULT"


@pytest.mark.never_again
def test_eight_accelerators_need_a_source() -> None:
    """Thread modelplane #113: a pool of p5 without a capacity is refused, with what would be right."""
    args: Any = {"platform": "aws", "pools": {"it": {"machine": "p5.48xlarge", "purpose": "training"}}}
    with pytest.raises(ProblemsError, match=r"pools\.it\.capacity: is missing"):
        parse(args)


@pytest.mark.never_again
def test_a_fabric_pool_repels_everybody_else() -> None:
    """Thread aws-samples ml-with-terraform #118: its own taint keeps other pods out; its plugins bear it."""
    made = pool("p5.48xlarge")
    assert launch.taints(made) == {"nvidia.com/gpu": "present", "causeway/pool": "it"}
    assert {one["key"] for one in devices.tolerations([made])} == set(launch.taints(made))
    assert {one["key"] for one in pods.tolerations(pods.Place("it", made.machine, fabric=True))} == set(
        launch.taints(made)
    )


@pytest.mark.never_again
def test_the_efa_plugin_runs_where_efa_was_built_in() -> None:
    """Threads eks-charts #1239, eks-data-addons #53: who does not use its EFA is not labelled for it."""
    assert launch.labels(pool("g6e.12xlarge"))["causeway/fabric"] == "efa"
    assert launch.labels(pool("g6e.12xlarge", "serving"))["causeway/fabric"] == "none"


@pytest.mark.never_again
def test_an_old_efa_plugin_is_refused_on_b200() -> None:
    """Thread hyperpod-cli #282: before 0.5.10 NVLink devices count as EFA."""
    with pytest.raises(ProblemsError, match=r"older than 0\.5\.10"):
        devices.refuse("efa-device-plugin", "v0.5.3", [pool("p6-b200.48xlarge")])
    devices.refuse("efa-device-plugin", "v0.5.30", [pool("p6-b200.48xlarge")])


@pytest.mark.never_again
def test_the_image_is_a_release_and_no_alias_that_moves() -> None:
    """Thread amazon-eks-ami #2165: the release is pinned to the day; `latest` is refused."""
    assert image_day(IMAGE) == IMAGE.rpartition("-")[2]
    for moving in ("latest", "1.35", "al2023@latest"):
        with pytest.raises(ValueError, match="is no release"):
            image_day(moving)


@pytest.mark.never_again
def test_the_lustre_client_comes_with_the_node() -> None:
    """Thread aws-fsx-csi #437, amazon-eks-ami #2696: the node installs it before it joins."""
    data = boot.user_data(pool("p5.48xlarge"), ["lustre-client"])
    assert data
    parts = email.message_from_string(base64.b64decode(data).decode()).get_payload()
    kinds = {part.get_content_type(): str(part.get_payload()) for part in parts}  # type: ignore[union-attr]  # multipart
    assert "dnf install -y lustre-client" in kinds["text/x-shellscript"]
    assert "strategy: RAID0" in kinds["application/node.eks.aws"]


@pytest.mark.never_again
def test_huge_pages_stand_before_the_kubelet_counts() -> None:
    """Thread karpenter #6296: a p5 pins 42242 MiB of 2 MiB pages, and pods ask for no more than the node has."""
    made = pool("p5.48xlarge")
    assert "vm.nr_hugepages=21121" in boot.script(made, [])
    asked = pods.devices(pods.Place("it", made.machine, fabric=True), 8)
    assert asked["hugepages-2Mi"] == "5120Mi"
    assert boot.script(pool("g5.xlarge"), []) == ""


@pytest.mark.never_again
@pytest.mark.parametrize("machine", ["p5.48xlarge", "g5.xlarge", "m7i.xlarge"])
def test_the_image_alone_owns_the_driver(machine: str) -> None:
    """Threads aks-rdma #54, dynamo #14506: GPU pools take the image that has the driver; no chart ever installs one."""
    variant = launch.image(pool(machine, "training" if machine != "m7i.xlarge" else "system"))
    assert variant == f"AL2023_x86_64_{'STANDARD' if machine == 'm7i.xlarge' else 'NVIDIA'}"


def test_a_capacity_block_names_its_machine_in_the_template() -> None:
    """Thread eksctl #8207: market type, reservation and type in the template; the group names no type."""
    window = {"id": "cr-0123456789abcdef0", "start": "2026-12-01T11:30:00Z", "end": "2026-12-08T11:30:00Z"}
    made = pool("p5.48xlarge", capacity={"capacity-block": window})
    template = launch.bought(made)
    assert template["instance_market_options"] == {"market_type": "capacity-block"}
    assert template["instance_type"] == "p5.48xlarge"
    group = launch.node_group(made, IMAGE)
    assert (group["capacity_type"], group["instance_types"]) == ("CAPACITY_BLOCK", None)


def test_the_metadata_service_answers_the_node_alone() -> None:
    """A session token is needed, and one hop reaches no container."""
    made = launch.template(pool("g5.xlarge"), key="key", groups=["sg"])
    assert made["metadata_options"]["http_tokens"] == "required"
    assert made["metadata_options"]["http_put_response_hop_limit"] == 1


def test_unknown_options_are_refused_with_the_nearest_name() -> None:
    """The escape hatch knows its names."""
    with pytest.raises(ProblemsError, match="did you mean 'labels'"):
        launch.merged({}, {"lables": {}}, ["labels", "taints"], "pools.it.options")
    assert launch.merged({"a": 1}, {"labels": {}}, ["labels"], "x") == {"a": 1, "labels": {}}


def test_options_of_spot_machines_are_karpenters_own() -> None:
    """Fields of the class and of the pool are merged last; a word of launch templates is refused with the nearest."""
    made = pool(
        "g6e.12xlarge", "serving", capacity="spot", options={"weight": 10, "kubelet": {"maxPods": 60}}
    )
    karpenter_pool.refuse([made])
    assert karpenter_pool.node_pool(made)["weight"] == 10
    assert "kubelet" not in karpenter_pool.node_pool(made)
    wrong = pool("g6e.12xlarge", "serving", capacity="spot", options={"user_data": "x"})
    with pytest.raises(ProblemsError, match=r"pools\.it\.options\.user_data: .*did you mean 'userData'"):
        karpenter_pool.refuse([wrong])


def test_spot_falls_back_only_where_it_may() -> None:
    """Both kinds are named with a fallback, spot alone without one; a fabric on spot machines is refused."""
    both = pool("g6e.12xlarge", "serving", capacity="spot")
    alone = pool("g6e.12xlarge", "serving", capacity={"spot": {"fallback": "none"}})

    def kinds(made: NodePoolSpec) -> Any:
        return karpenter_pool.node_pool(made)["template"]["spec"]["requirements"][1]["values"]

    assert (kinds(both), kinds(alone)) == (["spot", "on-demand"], ["spot"])
    with pytest.raises(ProblemsError, match="do not come together"):
        karpenter_pool.refuse([pool("g6e.12xlarge", capacity="spot")])
