"""One row decides launch template, pod, NCCL and acceptance; they can never differ."""

from collections import defaultdict

import pytest

from infra.catalog import evidence, fabric, fabrics, layout, machines, pods
from infra.catalog.fabrics import Transport
from infra.catalog.machines import Machine
from infra.catalog.rows import UnknownFactError

JOINED = [m for m in machines.all() if m.link is not None and not m.unknown.keys() & {"cards", "link"}]
"""Machines with a fabric whose layout is known."""

NAMED = {
    ("aws", "p4d.24xlarge"): 4,
    ("aws", "p5.48xlarge"): 32,
    ("aws", "p5en.48xlarge"): 16,
    ("aws", "p6-b200.48xlarge"): 8,
    ("aws", "p6-b300.48xlarge"): 16,
    ("aws", "g6e.48xlarge"): 4,
    ("aws", "trn1.32xlarge"): 8,
    ("gcp", "a3-highgpu-8g"): 4,
    ("gcp", "a3-megagpu-8g"): 8,
    ("gcp", "a3-ultragpu-8g"): 8,
    ("gcp", "a4x-highgpu-4g"): 4,
    ("azure", "Standard_ND96isr_H100_v5"): 8,
    ("azure", "Standard_ND128isr_NDR_GB200_v6"): 4,
    ("azure", "Standard_ND128isr_GB300_v6"): 4,
    ("onprem", "dgx-h100"): 8,
    ("onprem", "hgx-h100"): 8,
    ("onprem", "hgx-b200"): 8,
}


def of(name: tuple[str, str]) -> Machine:
    """A machine by platform and name."""
    return machines.get(*name)


def asked(machine: Machine) -> int:
    """Fabric devices that a pod of the whole machine asks for, in whatever way its platform hands them out."""
    contract = fabric.contract(machine)
    if contract.fabric.resource:
        return int(contract.request[contract.fabric.resource])
    return len(contract.pod_networks) or (contract.nics if contract.fabric.device_class else 0)


@pytest.mark.parametrize("machine", JOINED, ids=lambda m: m.name)
def test_template_table_pod_and_nccl_agree(machine: Machine) -> None:
    """Interfaces of the launch template == table == pod request == what NCCL must find, for every machine."""
    contract = fabric.contract(machine)
    in_template = sum(interface.fabric for interface in contract.interfaces)
    assert in_template == machine.nics == asked(machine) == contract.nics
    assert not fabric.disagreements(
        machine, launched=in_template, requested=contract.request, nccl=contract.nics
    )


@pytest.mark.parametrize("name", NAMED)
def test_the_named_machines_have_the_published_number(name: tuple[str, str]) -> None:
    """The numbers of the best-known machines, written out once more by hand."""
    assert of(name).nics == NAMED[name] == asked(of(name))


@pytest.mark.parametrize("machine", [m for m in JOINED if fabric.of(m).resource], ids=lambda m: m.name)
def test_a_changed_number_is_told(machine: Machine) -> None:
    """One interface, one requested device or one found device too few is a problem each."""
    resource = str(fabric.of(machine).resource)
    fewer = machine.nics - 1
    found = fabric.disagreements(machine, launched=fewer, requested={resource: str(fewer)}, nccl=fewer)
    assert len(found) == 3
    assert all(machine.name in str(problem) for problem in found)


@pytest.mark.parametrize("machine", [m for m in JOINED if m.link and m.link.gbps], ids=lambda m: m.name)
def test_the_parts_of_the_bandwidth_add_up(machine: Machine) -> None:
    """Fabric devices times their rate, and the front end, are the published total."""
    if machine.network_gbps is None:
        assert "network_gbps" in machine.unknown
        return
    assert fabric.line_rate(machine) * 8 + (machine.front_gbps or 0) == pytest.approx(machine.network_gbps)


def test_an_accelerator_has_one_memory_everywhere() -> None:
    """Platforms count in different units; the same model still agrees within 5 percent."""
    sizes: dict[str, list[int]] = defaultdict(list)
    for machine in machines.all():
        if machine.accelerator and machine.accelerator.memory_mib:
            sizes[machine.accelerator.model].append(machine.accelerator.memory_mib)
    assert {"a100", "h100", "h200", "gb200"} <= sizes.keys()
    for model, found in sizes.items():
        assert max(found) / min(found) < 1.05, model


@pytest.mark.parametrize("machine", JOINED, ids=lambda m: m.name)
def test_fabric_networks_hold_every_fabric_interface(machine: Machine) -> None:
    """Each interface sits in a network that exists, in a subnet that it has, with that network's MTU."""
    existing = {network.name: network for network in layout.networks(machine)}
    for interface in layout.interfaces(machine)[1:]:
        if interface.kind == "hca":
            continue
        network = existing[interface.network]
        assert interface.subnet < max(network.subnets, machine.nics if network.kind == "rdma-metal" else 1)
        assert interface.mtu == network.mtu


@pytest.mark.parametrize(
    ("name", "subnets", "mtu"),
    [
        (("aws", "p5.48xlarge"), 1, None),
        (("gcp", "a3-highgpu-8g"), 4, 8244),
        (("gcp", "a3-megagpu-8g"), 8, 8244),
        (("gcp", "a3-ultragpu-8g"), 9, 8896),
        (("gcp", "a4x-maxgpu-4g-metal"), 1, 8896),
        (("azure", "Standard_ND96isr_H100_v5"), 0, None),
    ],
)
def test_fabric_subnets_and_mtu(name: tuple[str, str], subnets: int, mtu: int | None) -> None:
    """EFA shares one subnet; TCPX has a VPC a NIC; RDMA a subnet a rail and one for the second gVNIC; metal none."""
    assert fabric.subnets(of(name)) == subnets
    assert {network.mtu for network in fabric.networks(of(name))} <= {mtu}


def test_rails_of_gke_start_at_eth2() -> None:
    """A pod on A3 Ultra gets rdma-0 to rdma-7 on eth2 to eth9, behind the second gVNIC."""
    pairs = pods.networks(of(("gcp", "a3-ultragpu-8g")))
    assert pairs[0] == ("eth2", "rdma-0")
    assert pairs[-1] == ("eth9", "rdma-7")


def test_a_part_of_a_machine_gets_no_fabric() -> None:
    """Only a pod of the whole machine asks for fabric devices; more accelerators than there are is an error."""
    p5 = of(("aws", "p5.48xlarge"))
    assert pods.request(p5, 4) == {"nvidia.com/gpu": "4"}
    assert pods.request(p5)["vpc.amazonaws.com/efa"] == "32"
    for count in (0, 9):
        with pytest.raises(ValueError, match="ask for 1 to 8"):
            pods.request(p5, count)


def test_huge_pages_are_asked_for_where_the_host_has_them() -> None:
    """p5 hosts set 2 MiB pages aside and pods take some; of p5en nobody published a number, so nothing is asked."""
    assert pods.request(of(("aws", "p5.48xlarge")))["hugepages-2Mi"] == "5120Mi"
    assert "hugepages-2Mi" not in pods.request(of(("aws", "p5en.48xlarge")))
    assert "hugepages_mib" in of(("aws", "p5en.48xlarge")).unknown


def test_forking_loaders_and_huge_pages_exclude_each_other() -> None:
    """A pod whose loaders fork switches huge pages off and asks for none; one that does not fork has them."""
    p5 = of(("aws", "p5.48xlarge"))
    assert pods.environment(p5, forks=True)["FI_EFA_USE_HUGE_PAGE"] == "0"
    assert "hugepages-2Mi" not in pods.request(p5, forks=True)
    assert "FI_EFA_USE_HUGE_PAGE" not in pods.environment(p5)


def test_no_environment_has_what_breaks_the_fabric() -> None:
    """Variables that a fabric forbids are in no environment; RDMAV_FORK_SAFE is one of them."""
    assert fabrics.get("efa").forbidden_env == ("RDMAV_",)
    for row in fabrics.all():
        names = {*row.env, *row.fork_env}
        assert not [name for name in names if name.startswith(row.forbidden_env or ("\0",))]


def test_taints_are_tolerated_by_what_is_generated_with_them() -> None:
    """A GPU node keeps other pods off, and the tolerations of the same row open exactly that taint."""
    for name in (("aws", "p5.48xlarge"), ("aws", "trn1.32xlarge"), ("gcp", "ct6e-standard-4t")):
        (taint,), (toleration,) = pods.taints(of(name)), pods.tolerations(of(name))
        assert (toleration.key, toleration.effect) == (taint.key, taint.effect)
    assert pods.taints(of(("aws", "m7i.xlarge"))) == ()


def test_a_tpu_is_joined_by_its_slice_and_one_machine_by_its_memory() -> None:
    """Machines without a NIC fabric still name what carries collectives."""
    assert fabric.of(of(("gcp", "ct5p-hightpu-4t"))).transport is Transport.ICI
    assert fabric.of(of(("local", "this-machine"))).transport is Transport.SHARED_MEMORY


def test_every_fabric_is_used_and_every_used_fabric_exists() -> None:
    """No machine cites a fabric that is not there, and no fabric is there for nothing."""
    used = {m.link.fabric for m in machines.all() if m.link} | {"shared-memory", "tpu-ici"}
    assert {row.name for row in fabrics.all()} == used


def test_a_misspelt_fabric_is_told_with_the_right_name() -> None:
    """An unknown fabric suggests the nearest one."""
    with pytest.raises(ValueError, match="gke-roce"):
        fabrics.get("gke_rocee")


@pytest.mark.parametrize("name", [("aws", "p6e-gb200.36xlarge"), ("aws", "trn2.48xlarge")])
def test_a_contract_is_not_guessed(name: tuple[str, str]) -> None:
    """A machine whose layout nobody published has no contract."""
    with pytest.raises(UnknownFactError, match="unknown"):
        fabric.contract(of(name))


EFA = "NCCL INFO NET/OFI Selected Provider is efa (found {} nics)\nNCCL INFO Using network AWS Libfabric"
IB = "NCCL INFO NET/IB : Using [0]mlx5_0:1/IB [1]mlx5_1:1/IB [RO]; OOB eth0:10.0.0.1<0>\nNCCL INFO Using network IB"
SOCKET = "NCCL INFO Using network Socket"


@pytest.mark.parametrize(
    ("name", "log", "wrong"),
    [
        (("aws", "p5.48xlarge"), EFA.format(32), ()),
        (("aws", "p4d.24xlarge"), EFA.format(1), ("found 1 fabric devices",)),
        (("aws", "p5.48xlarge"), SOCKET, ("fell back to sockets",)),
        (("aws", "p5.48xlarge"), IB, ("does not show Elastic Fabric Adapter", "found 2 fabric devices")),
        (("azure", "Standard_ND96isr_H100_v5"), IB, ("found 2 fabric devices",)),
        (("gcp", "a3-ultragpu-8g"), "NCCL INFO Using network gIB", ()),
        (("gcp", "a3-megagpu-8g"), "NCCL INFO Using network FasTrak", ()),
        (
            ("gcp", "a3-megagpu-8g"),
            "NCCL INFO Using network GPUDirectTCPX_v7",
            ("does not show GPUDirect-TCPXO",),
        ),
        (("gcp", "a3-highgpu-8g"), "NCCL INFO Using network GPUDirectTCPX_v7", ()),
    ],
)
def test_a_log_proves_its_own_fabric_only(name: tuple[str, str], log: str, wrong: tuple[str, ...]) -> None:
    """EFA, InfiniBand, gIB, TCPX and TCPXO pass on their machines; another network or too few devices fail."""
    found = [str(problem) for problem in evidence.judge(of(name), log)]
    assert len(found) == len(wrong)
    assert all(part in text for part, text in zip(wrong, found, strict=True))


def test_a_slow_fabric_is_told() -> None:
    """Below the published floor fails, at the floor passes; without a published floor nothing is judged."""
    p5, p5en = of(("aws", "p5.48xlarge")), of(("aws", "p5en.48xlarge"))
    assert "299 GB/s" in str(evidence.judge(p5, EFA.format(32), 299)[0])
    assert evidence.judge(p5, EFA.format(32), 300) == ()
    assert fabric.floor(p5en) is None
    assert evidence.judge(p5en, EFA.format(16), 1) == ()
