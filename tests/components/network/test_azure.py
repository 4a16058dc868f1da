"""Virtual networks: zones, subnets, and the ways out that nodes need."""

from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from azure_declared import KEY, declared

from components.network.azure import build, subnets, ways_out, zones_of
from components.network.ranges import plan
from components.network.shape import parse
from infra.problems import ProblemsError

ZONES = ("1", "2", "3")


def spec(**more: Any) -> Any:
    """Give a checked network in the Netherlands."""
    return parse({"platform": "azure", "region": "westeurope", "account": "s", "log_key": "k", **more})


def written() -> list[dict[str, Any]]:
    """Give the subnets of a network with one pool that has a fabric."""
    ranges = plan(IPv4Network("10.0.0.0/16"), ZONES, ["train"])
    return subnets.all_of(ranges, {"train": "2"}, "guard", {zone: f"nat-{zone}" for zone in ZONES})


def test_zones_are_those_of_the_fact_table_or_given() -> None:
    """Nothing is looked up; a stray zone and a region without zones are refused."""
    assert zones_of(spec()) == ZONES
    assert zones_of(spec(zones=["3", "1"])) == ("3", "1")
    with pytest.raises(ProblemsError, match="given 'westeurope-1'"):
        zones_of(spec(zones=["westeurope-1"]))
    with pytest.raises(ProblemsError, match="westus has no zones"):
        zones_of(spec(region="westus"))


def test_subnets_do_not_overlap() -> None:
    """Every range is its subnet's alone, and lies in the network."""
    blocks = [IPv4Network(one["address_prefix"]) for one in written()]
    assert len(blocks) == 7
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


def test_only_gateways_stand_without_a_guard() -> None:
    """Azure refuses a security group on their subnet; all others have one, and no way out by default."""
    bare = [one["name"] for one in written() if "network_security_group" not in one]
    assert bare == ["GatewaySubnet"]
    assert all(one["default_outbound_access"] is False for one in written() if one["name"] not in bare)


def test_a_pool_leaves_by_its_own_zone() -> None:
    """The subnet of a fabric pool takes the NAT gateway of the pool's zone."""
    found = {one["name"]: one.get("nat_gateway", {}).get("id") for one in written()}
    assert (found["fabric-train"], found["private-1"], found["endpoints"]) == ("nat-2", "nat-1", None)


def test_without_a_way_out_no_node_starts() -> None:
    """AKS fetches what nodes boot with, so `none` is refused with the reason."""
    with pytest.raises(ProblemsError, match="fetch what they boot with"):
        ways_out.gateways("n", None, spec(nat="none"), ZONES)


def test_flow_logs_are_written_by_an_identity() -> None:
    """Their account takes no keys, so the writer has an identity, and the right to write blobs there."""
    made = declared(lambda opts: build("network", spec(log_key=KEY), opts))
    flows = next(one.inputs for one in made if one.token == "azure-native:network:FlowLog")
    right = next(one.inputs for one in made if one.name == "network-flows" and "principalId" in one.inputs)
    account = next(one.inputs for one in made if one.token == "azure-native:storage:StorageAccount")
    assert account["allowSharedKeyAccess"] is False
    assert flows["identity"]["userAssignedIdentities"]
    assert right["roleDefinitionId"].endswith("ba92f5b4-2d11-453d-a403-e96b0029c9fe")
    assert right["scope"] == flows["storageId"]


@pytest.mark.never_again
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"linked": {"home": ["10.0.128.0/17"]}},
            r"linked.home: 10\.0\.128\.0/17 behind link 'home' overlaps 10\.0\.0\.0/16 of this network",
        ),
        (
            {"cidr": "100.64.0.0/16"},
            r"cidr: 100\.64\.0\.0/16 overlaps 100\.64\.0\.0/14, the addresses of pods",
        ),
        ({"cidr": "172.16.0.0/12"}, r"172\.16\.0\.0/12 overlaps 172\.30\.0\.0/16, which AKS keeps"),
    ],
)
def test_a_range_that_is_taken_is_one_clear_error(more: dict[str, Any], said: str) -> None:
    """A far end that overlaps ours, pods that overlap the network, and ranges of AKS: told before anything is made."""
    with pytest.raises(ProblemsError, match=said):
        declared(lambda opts: build("network", spec(**{"log_key": KEY, **more}), opts))


@pytest.mark.never_again
def test_a_pool_with_a_fabric_has_one_subnet_and_nobody_else_in_it() -> None:
    """Threads aws-samples ml-with-terraform #118, #83: ranks never land in two subnets, whatever zones there are."""
    named = [subnet["name"] for subnet in written()]
    assert [name for name in named if name.startswith("fabric-")] == ["fabric-train"]
    assert len(set(named)) == len(named)
