"""ExpressRoute: what Azure does not have is told before anything is ordered."""

from typing import Any

import pytest
from azure_declared import NETWORK, Declared, declared

import components.interconnect.azure as backend
from components.interconnect.azure.places import places
from components.interconnect.shape import parse
from components.microsoft.ranges import BORDER
from infra.problems import ProblemsError

CARRIED = ["Equinix/Amsterdam", "Colt/Frankfurt"]


def spec(**more: Any) -> Any:
    """Give a checked link over two places."""
    args = {"locations": ["Equinix-Amsterdam-AM5", "Equinix-Frankfurt-FR5"], "peer_asn": 65010}
    far = {"peer_cidrs": ["10.200.0.0/16"], "peer_address": "198.51.100.7"}
    return parse({"platform": "azure", "region": "westeurope", "network": NETWORK, **args, **far, **more})


def refuse(spec: Any) -> None:
    """Judge a link."""
    backend.refuse(spec, places(spec.locations))


def made(**more: Any) -> dict[str, list[Declared]]:
    """Give what a link declares, by type."""
    found: dict[str, list[Declared]] = {}
    for one in declared(lambda opts: backend.build("home", spec(**more), opts)):
        found.setdefault(one.token.rpartition(":")[2], []).append(one)
    return found


def test_two_places_are_fine() -> None:
    """Direct ports of 10 Gbit/s with MACsec in two meeting points."""
    refuse(spec(macsec=True))


def test_every_mistake_is_told_at_once() -> None:
    """Bandwidth, bundling, packet size and number are looked at together."""
    with pytest.raises(ProblemsError) as caught:
        refuse(spec(bandwidth_gbps=1, ports=2, mtu=8500, peer_asn=12076))
    assert [problem.where for problem in caught.value.problems] == [
        "bandwidth_gbps",
        "ports",
        "mtu",
        "peer_asn",
    ]


def test_ranges_of_the_sessions_stay_free() -> None:
    """A far end that uses them would cut the sessions off."""
    with pytest.raises(ProblemsError, match="where the BGP sessions are"):
        refuse(spec(peer_cidrs=["192.168.0.0/16"]))
    with pytest.raises(ProblemsError, match="the addresses of pods"):
        refuse(spec(peer_cidrs=["100.65.0.0/16"]))
    assert BORDER.num_addresses >= 4 * 2 * 4  # two ranges of four addresses for each of four circuits


def test_one_place_is_not_high() -> None:
    """Two different meeting points, or the word development."""
    with pytest.raises(ProblemsError, match="2 different ones for resiliency high"):
        spec(locations=["Equinix-Amsterdam-AM5"])


def test_a_link_is_ordered_before_it_is_in_service() -> None:
    """A first update makes port pairs alone: Azure sets their links by an update, when people have patched them."""
    ordered, works = made(in_service=False, macsec=True), made(macsec=True)
    assert [one.name for one in ordered["ExpressRoutePort"]] == [
        "home-equinix-amsterdam-am5",
        "home-equinix-frankfurt-fr5",
    ]
    assert all("links" not in one.inputs for one in ordered["ExpressRoutePort"])
    assert not {"ExpressRouteCircuit", "ExpressRouteCircuitPeering"} & {*ordered}
    assert all(len(one.inputs["links"]) == 2 for one in works["ExpressRoutePort"])
    assert {len(works[kind]) for kind in ("ExpressRouteCircuit", "ExpressRouteCircuitPeering")} == {2}


def test_a_carrier_brings_circuits() -> None:
    """A circuit names carrier, place and bandwidth; its key goes to the carrier, then there are sessions."""
    ordered, works = (made(locations=CARRIED, bandwidth_gbps=1, in_service=state) for state in (False, True))
    assert [one.inputs["serviceProviderProperties"] for one in ordered["ExpressRouteCircuit"]] == [
        {"serviceProviderName": "Equinix", "peeringLocation": "Amsterdam", "bandwidthInMbps": 1000},
        {"serviceProviderName": "Colt", "peeringLocation": "Frankfurt", "bandwidthInMbps": 1000},
    ]
    assert not {"ExpressRoutePort", "ExpressRouteCircuitPeering"} & {*ordered}
    assert len(works["ExpressRouteCircuitPeering"]) == 2
    connections = [one.inputs["connectionType"] for one in (*ordered["VirtualNetworkGatewayConnection"],)]
    assert connections == ["IPsec"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"locations": CARRIED, "macsec": True},
            r"macsec: given true by a carrier.*the ports are the carrier's",
        ),
        ({"locations": CARRIED, "bandwidth_gbps": 100}, "1, 10 by a carrier on Azure"),
        ({"bandwidth_gbps": 1}, "10, 100, 400 by own ports on Azure"),
        ({"locations": ["Equinix/Amsterdam", "Equinix-Frankfurt-FR5"]}, "one kind a link"),
    ],
)
def test_what_a_carrier_does_not_bring_is_refused(more: dict[str, Any], said: str) -> None:
    """Its ports are not ours to encrypt or to choose; own ports and circuits do not mix."""
    with pytest.raises(ProblemsError, match=said):
        refuse(spec(**more))


@pytest.mark.never_again
@pytest.mark.parametrize("gbps", [10, 100, 400])
def test_a_gateway_is_as_fast_as_its_circuits(gbps: int) -> None:
    """ErGw1AZ carries 1 Gbit/s: circuits of 10 ended in it, and paid for ten times what could pass."""
    carries = {
        "ErGw1AZ": 1,
        "ErGw2AZ": 2,
        "ErGw3AZ": 10,
    }  # azure-docs, expressroute-gateway-performance-include
    works = made(bandwidth_gbps=gbps)
    sku = next(
        one.inputs["sku"]["name"]
        for one in works["VirtualNetworkGateway"]
        if one.inputs["gatewayType"] == "ExpressRoute"
    )
    past = [one.inputs.get("expressRouteGatewayBypass") for one in works["VirtualNetworkGatewayConnection"]]
    assert carries[sku] >= gbps or past.count(True) == 2
    assert sku == "ErGw3AZ" or not any(past)  # no smaller one lets packets past (azure-docs, about-fastpath)


@pytest.mark.never_again
def test_a_new_key_is_a_change_of_the_port() -> None:
    """An address without a version is the same after a rotation: the router took the new key, Azure was not told.

    It takes keys over by its API alone (azure-docs, expressroute-about-encryption).
    """
    for port in made(macsec=True)["ExpressRoutePort"]:
        sealed = [link["macSecConfig"] for link in port.inputs["links"]]
        assert all(
            one[f"{part}SecretIdentifier"].endswith("/0a1b") for one in sealed for part in ("cak", "ckn")
        )
