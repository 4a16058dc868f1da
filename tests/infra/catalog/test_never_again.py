"""Complaints of public threads that the fact table and the capacity type answer. Each names its thread."""

from datetime import UTC, datetime, timedelta

import pytest

from infra import capacity
from infra.capacity import CapacityBlock, FlexStart, OnDemand, Reserved, Spot
from infra.catalog import bindings, compat, evidence, fabric, fabrics, machines, pods
from infra.catalog.fabrics import Transport
from infra.catalog.machines import Machine

pytestmark = pytest.mark.never_again

P5 = machines.get("aws", "p5.48xlarge")
WEEK = CapacityBlock("cr-2", datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 8, tzinfo=UTC))
EFA = [m for m in machines.all("aws") if m.link and m.cards]
GPUS_AND_FABRIC = [m for m in machines.all() if m.link and m.accelerator]


def broken(machine: Machine, what: capacity.Capacity | None, **pool: object) -> set[str]:
    """The ids of the rules that a pool breaks."""
    return {found.rule for found in capacity.check(machine, what, **pool)}  # type: ignore[arg-type]


@pytest.mark.parametrize("machine", EFA, ids=lambda m: m.name)
def test_a_pool_that_scales_from_zero_still_asks_for_efa(machine: Machine) -> None:
    """skypilot-org/skypilot #10055: the request comes from the row, not from live nodes; sockets fail the job."""
    assert pods.request(machine)["vpc.amazonaws.com/efa"] == str(machine.nics)
    assert evidence.judge(machine, "NCCL INFO Using network Socket")


def test_all_four_efa_of_p4d_are_used() -> None:
    """skypilot-org/skypilot #8391: 1 of 4 EFA was used; interfaces, request and NCCL's count are the row's."""
    p4d = machines.get("aws", "p4d.24xlarge")
    assert len(fabric.disagreements(p4d, launched=1, requested={"vpc.amazonaws.com/efa": "1"}, nccl=1)) == 3
    log = "NCCL INFO NET/OFI Selected Provider is efa (found 1 nics)\nNCCL INFO Using network AWS Libfabric"
    assert "found 1 fabric devices" in str(evidence.judge(p4d, log)[0])


@pytest.mark.parametrize("machine", GPUS_AND_FABRIC, ids=lambda m: f"{m.platform}-{m.name}")
def test_no_machine_ships_without_its_wiring(machine: Machine) -> None:
    """NVIDIA/aicr #2275, #2276: every machine with a fabric gives a pod its devices and environment."""
    row = fabric.of(machine)
    handed_out = row.resource in pods.request(machine) or pods.networks(machine) or row.device_class
    assert handed_out
    assert pods.environment(machine)
    assert row.log


@pytest.mark.parametrize("machine", machines.all("gcp"), ids=lambda m: m.name)
def test_a_machine_gets_the_installer_of_its_own_transport(machine: Machine) -> None:
    """NVIDIA/aicr #1054: B200 got the installer of A3 Mega; it is reached through the machine's transport only."""
    belongs = {
        Transport.TCPX: "tcpx-installer",
        Transport.TCPXO: "tcpxo-installer",
        Transport.ROCE: "gib-installer",
    }
    installer = fabric.installer(machine)
    assert (installer.name if installer else None) == belongs.get(fabric.of(machine).transport)


def test_an_installer_has_one_transport() -> None:
    """NVIDIA/aicr #1054: no installer serves fabrics of two transports."""
    owners: dict[str, set[Transport]] = {}
    for row in fabrics.all():
        if row.installer:
            owners.setdefault(row.installer.name, set()).add(row.transport)
    assert all(len(transports) == 1 for transports in owners.values())


def test_a_reservation_keeps_its_own_placement() -> None:
    """terraform-aws-eks #3730: a fresh placement group on a reservation or block ends in insufficient capacity."""
    for what in (Reserved("cr-1"), Reserved("cr-1", "theirs"), WEEK):
        assert "placement-of-the-reservation" in broken(P5, what, placement="new")
        assert capacity.placement_for(P5, what) != "new"


@pytest.mark.parametrize("machine", EFA, ids=lambda m: m.name)
def test_the_layout_fits_every_card(machine: Machine) -> None:
    """aws-parallelcluster #7143, eksctl #7520, #8692, terraform-aws-eks #3653: index, card 0, efa-only."""
    assert machine.cards is not None
    primary, *efas = fabric.interfaces(machine)
    assert (primary.kind, primary.card, primary.device) == ("interface", 0, 0)
    assert all(efa.kind == "efa-only" and efa.device < machine.cards.slots for efa in efas)
    assert {efa.card for efa in efas} == set(range(machine.cards.fabric_from, machine.cards.count))


def test_an_old_efa_plugin_is_refused_on_b200() -> None:
    """hyperpod-cli #282, eks-data-addons #53: before 0.5.10 NVLink devices are counted as EFA."""
    b200 = machines.get("aws", "p6-b200.48xlarge")
    assert fabric.contract(b200).plugin_minimum == "0.5.10"
    assert compat.check({"efa-device-plugin": "v0.5.3"}, b200)
    assert not compat.check({"efa-device-plugin": "v0.5.30"}, b200)


def test_the_efa_plugin_goes_to_machines_with_efa_only() -> None:
    """eks-charts #1239: the plugin crash-loops on nodes without EFA; machines without a fabric have no plugin."""
    assert fabric.plugin(machines.get("aws", "g5.xlarge")) is None
    assert pods.labels(machines.get("aws", "g5.xlarge"))["causeway/fabric"] == "none"
    assert pods.labels(P5)["causeway/fabric"] == "efa"


def test_huge_pages_are_on_the_row() -> None:
    """aws/karpenter #6296, #9071: huge pages were unknown; the row has them, or says that nobody gave them."""
    assert P5.hugepages_mib == 42242
    assert all(machine.hugepages_mib or "hugepages_mib" in machine.unknown for machine in EFA)


def test_reserved_nodes_are_never_consolidated_away() -> None:
    """METR/hawk #93, karpenter #8935: a reserved node given back cannot relaunch, and drift has no spare."""
    for what in (Reserved("cr-1"), WEEK, Spot(Reserved("cr-1"))):
        assert "no-consolidation-of-reserved" in broken(P5, what, consolidation=True)
        assert "no-surge-of-reserved" in broken(P5, what, surge=1)


def test_ranks_cannot_land_in_two_subnets() -> None:
    """ml-with-terraform-and-kubeflow #118, #83: EFA fails across subnets; a fabric pool has one, in one zone."""
    assert fabric.subnets(P5) == 1
    assert fabric.of(P5).same_subnet
    assert "one-zone-for-a-fabric" in broken(P5, Reserved("cr-1"), zones=2)


def test_a_region_without_the_machine_is_told_and_spot_has_a_fallback() -> None:
    """cluster-toolkit #4058: a spot pool of A3 Mega came up in error; the region is checked, the fallback is a type."""
    mega = machines.get("gcp", "a3-megagpu-8g")
    assert "listed-in-the-region" in broken(mega, Spot(), region="me-west1")
    assert "listed-in-the-region" not in broken(mega, Spot(None), region="europe-west4")
    assert Spot().fallback == OnDemand()


@pytest.mark.parametrize("name", ["a4x-highgpu-4g", "a4x-maxgpu-4g-metal"])
def test_racks_are_taken_whole_or_in_part_but_not_torn(name: str) -> None:
    """cluster-toolkit #4492: a check by plain count broke NVL72; 18 machines a domain, fewer, or whole domains."""
    rack = machines.get("gcp", name)
    assert fabric.placement(rack) == "nvl72-domain"
    assert [nodes for nodes in (1, 18, 19, 35, 36) if broken(rack, Reserved("r"), nodes=nodes)] == [19, 35]


def test_a_pod_of_the_whole_machine_asks_for_devices_that_queues_know() -> None:
    """kubernetes-sigs/kueue #5129, #4544, skypilot #3837: odd device requests block DWS jobs; pods ask for GPUs."""
    for name in ("a3-megagpu-8g", "a3-ultragpu-8g", "a4-highgpu-8g"):
        assert pods.request(machines.get("gcp", name)) == {"nvidia.com/gpu": "8"}
    assert "no-standing-flex-start" in broken(
        machines.get("gcp", "a4-highgpu-8g"), FlexStart(timedelta(1)), nodes=2
    )


def test_tcpxo_runs_on_the_nodes_network_with_its_paired_daemon() -> None:
    """container-engine-accelerators #580, aicr #2306: 7 of 8 GPUs without hostNetwork; plugin and daemon mismatched."""
    mega = machines.get("gcp", "a3-megagpu-8g")
    row = fabric.of(mega)
    assert row.host_network
    assert row.daemon
    assert set(row.daemon.capabilities) == {"NET_ADMIN", "NET_BIND_SERVICE"}
    assert compat.check({"tcpxo-installer": "v1.0.15", "tcpxo-daemon": "v1.0.20"}, mega)
    assert not compat.check({"tcpxo-installer": "v1.0.15", "tcpxo-daemon": "v1.0.21"}, mega)


def test_tcpx_sends_and_receives_on_different_cores() -> None:
    """container-engine-accelerators #570: overlapping CPU bindings; ours share no core and name every interface."""
    env = fabric.of(machines.get("gcp", "a3-highgpu-8g")).env
    sending, receiving = env["NCCL_GPUDIRECTTCPX_TX_BINDINGS"], env["NCCL_GPUDIRECTTCPX_RX_BINDINGS"]
    assert bindings.shared(sending, receiving) == frozenset()
    names = set(env["NCCL_GPUDIRECTTCPX_SOCKET_IFNAME"].split(","))
    assert bindings.parse(sending).keys() == bindings.parse(receiving).keys() == names


@pytest.mark.parametrize("machine", [m for m in machines.all("azure") if m.link], ids=lambda m: m.name)
def test_infiniband_does_not_grow_past_its_scale_set(machine: Machine) -> None:
    """AKS #2725, #1947: InfiniBand was split across placement groups; a pool is one island with a limit."""
    assert "one-scale-set" in broken(machine, Reserved("g"), max_nodes=101)
    assert "one-scale-set" not in broken(machine, Reserved("g"), max_nodes=100)


def test_an_upgrade_of_gpu_machines_needs_no_spare() -> None:
    """AKS #4818, #4425, #2181: upgrades failed for want of surge quota; a surge on eight GPUs is told."""
    h100 = machines.get("azure", "Standard_ND96isr_H100_v5")
    assert "no-surge-of-scarce" in broken(h100, OnDemand(), surge=1)
    assert "no-surge-of-scarce" not in broken(h100, OnDemand(), surge=0)


def test_a_driver_that_breaks_gpudirect_is_refused() -> None:
    """NVIDIA/aicr #2383, amazon-eks-ami #1494: a new driver broke GPUDirect; drivers have a floor and a ceiling."""
    gb200, g7 = machines.get("aws", "p6e-gb200.36xlarge"), machines.get("aws", "g7.48xlarge")
    assert [
        version
        for version in ("580.95", "580.126.20", "595.45")
        if compat.check({"nvidia-driver": version}, gb200)
    ] == [
        "580.95",
        "595.45",
    ]
    assert compat.check({"nvidia-driver": "580.126.20"}, g7)


@pytest.mark.parametrize("name", ["p4d.24xlarge", "p5.48xlarge", "p5en.48xlarge"])
def test_eight_gpus_do_not_default_to_on_demand(name: str) -> None:
    """The modelplane thread #113: on demand is hardly ever there; the source is named, and on demand told as rare."""
    machine = machines.get("aws", name)
    assert "capacity-is-named" in broken(machine, None)
    assert "on-demand-is-rare" in broken(machine, OnDemand())
    with pytest.raises(ValueError, match="rarely to be had"):
        capacity.parse(None, machine)


def test_p5e_cannot_be_bought_on_demand() -> None:
    """The catalogue of skypilot has p5e on spot only: a pool on demand is refused before anything is launched."""
    p5e = machines.get("aws", "p5e.48xlarge")
    assert "capacity-is-sold" in broken(p5e, OnDemand())
    assert "capacity-is-sold" not in broken(p5e, WEEK)
