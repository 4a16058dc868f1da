"""Connections that a carrier made: accepted as they are, one session each, and nothing that only a port's owner has."""

from collections.abc import Sequence
from typing import Any

import pytest
from azure_declared import Declared, declared

from components.interconnect import aws, azure, gcp
from components.interconnect.azure.places import places as azures
from components.interconnect.gcp.places import places
from components.interconnect.onprem import router
from components.interconnect.shape import InterconnectSpec, parse
from infra.problems import ProblemsError

ACCEPTED = "aws:directconnect/connectionConfirmation:ConnectionConfirmation"
SESSION = "aws:directconnect/transitVirtualInterface:TransitVirtualInterface"
NETWORK = {
    "id": "vpc-0123456789abcdef0",
    "cidr": "10.0.0.0/16",
    "zones": ["eu-north-1a"],
    "subnets": {"eu-north-1a": "subnet-0123456789abcdef0"},
    "routes": {"eu-north-1a": "rtb-0123456789abcdef0"},
}
CARRIED = ["dxcon-fg5678gh", "eu-west-3/dxcon-ffabc123"]


def spec(**more: Any) -> InterconnectSpec:
    """Give a checked link over two connections of a carrier."""
    args = {
        "platform": "aws",
        "region": "eu-north-1",
        "locations": CARRIED,
        "peer_asn": 65010,
        "peer_cidrs": ["10.200.0.0/16"],
        "peer_address": "198.51.100.7",
        "network": NETWORK,
    }
    return parse({**args, **more})


def made(token: str, found: Sequence[Declared]) -> dict[str, dict[str, Any]]:
    """Give the inputs of every resource of a type, by name."""
    return {one.name: one.inputs for one in found if one.token == token}


def test_each_connection_is_accepted_and_carries_one_session() -> None:
    """No port is ordered; each session has the VLAN of its connection, and the region whose place it is."""
    vlans = {CARRIED[1]: 301}
    found = declared(lambda opts: aws.build("home", spec(vlans=vlans), opts), "aws-prod")
    assert made(ACCEPTED, found) == {
        "home-dxcon-fg5678gh-1": {"connectionId": "dxcon-fg5678gh"},
        "home-dxcon-ffabc123-1": {"connectionId": "dxcon-ffabc123", "region": "eu-west-3"},
    }
    sessions = made(SESSION, found)
    assert {name: one["vlan"] for name, one in sessions.items()} == {
        "home-dxcon-fg5678gh-1": 100,
        "home-dxcon-ffabc123-1": 301,
    }
    assert [one.get("region") for one in sessions.values()] == [None, "eu-west-3"]
    assert not {one.token for one in found} & {
        "aws:directconnect/connection:Connection",
        "aws:directconnect/linkAggregationGroup:LinkAggregationGroup",
        "aws:directconnect/macsecKeyAssociation:MacsecKeyAssociation",
    }


def test_both_ends_call_a_session_the_same_and_tag_it_alike() -> None:
    """The site's router finds each session by the name that AWS's end gave it, on the carrier's VLAN."""
    ports = router.ports("home", spec(platform="onprem", vlans={CARRIED[1]: 301}))
    assert [(port.label, port.vlan) for port in ports] == [
        ("home-dxcon-fg5678gh-1", 100),
        ("home-dxcon-ffabc123-1", 301),
    ]
    script = router.interfaces(spec(vlans={CARRIED[1]: 301}), ports)
    assert "name link0v type vlan id 100" in script
    assert "name link1v type vlan id 301" in script


@pytest.mark.parametrize(
    ("more", "where", "told"),
    [
        ({"locations": ["dxcon-fg5678gh", "EQPA3"]}, "locations", "one kind a link"),
        ({"locations": ["dxvif-fg5678gh", "EQPA3"]}, "locations", "the carrier's connection, dxcon-…"),
        ({"resiliency": "maximum"}, "resiliency", "two connections in two places"),
        ({"ports": 2}, "ports", "not ours to bundle"),
        ({"macsec": True}, "macsec", "the ports are the carrier's"),
        ({"bandwidth_gbps": 100}, "bandwidth_gbps", "1, 10 by a carrier on AWS"),
    ],
)
def test_a_carriers_connection_has_its_limits(more: dict[str, Any], where: str, told: str) -> None:
    """Own ports beside it, an interface without it, two devices, bundles, MACsec and 100 Gbit/s are one error each."""
    with pytest.raises(ProblemsError) as caught:
        aws.refuse(spec(**more))
    assert [problem.where for problem in caught.value.problems] == [where]
    assert told in str(caught.value)
    aws.refuse(spec(bandwidth_gbps=1))


@pytest.mark.parametrize(
    ("vlans", "told"),
    [
        ({"dxcon-fg5678gj": 301}, "vlans.dxcon-fg5678gj: unknown argument"),
        ({"dxcon-fg5678gh": 4095}, "vlans.dxcon-fg5678gh: given 4095"),
    ],
)
def test_a_vlan_is_a_locations_own(vlans: dict[str, int], told: str) -> None:
    """A place that the link does not have, and a number that no VLAN has, are told with their path."""
    with pytest.raises(ProblemsError, match=told):
        spec(vlans=vlans)


def test_clouds_with_one_vlan_refuse_several() -> None:
    """Azure and Google Cloud take the link's one number, and say so."""
    ours = spec(platform="gcp", locations=["ord-zone1-7", "ord-zone2-7"], vlans={"ord-zone1-7": 7})
    with pytest.raises(ProblemsError, match="vlan, the same on every port"):
        gcp.refuse(ours, places(ours))
    there = ["Equinix-Amsterdam-AM5", "Equinix-Frankfurt-FR5"]
    with pytest.raises(ProblemsError, match="vlan, the same on every circuit"):
        azure.refuse(spec(platform="azure", locations=there, vlans={there[0]: 7}), azures(there))
