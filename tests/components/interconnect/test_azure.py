"""ExpressRoute: what Azure does not have is told before anything is ordered."""

from typing import Any

import pytest

from components.interconnect.azure import refuse
from components.interconnect.azure.ports import BORDER
from components.interconnect.shape import parse
from infra.problems import ProblemsError


def spec(**more: Any) -> Any:
    """Give a checked link over two places."""
    args = {"locations": ["Equinix-Amsterdam-AM5", "Equinix-Frankfurt-FR5"], "peer_asn": 65010}
    far = {"peer_cidrs": ["10.200.0.0/16"], "peer_address": "198.51.100.7"}
    return parse({"platform": "azure", "network": {"zones": ["1"]}, **args, **far, **more})


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
    assert BORDER.num_addresses >= 4 * 2 * 4  # two ranges of four addresses for each of four circuits


def test_one_place_is_not_high() -> None:
    """Two different meeting points, or the word development."""
    with pytest.raises(ProblemsError, match="2 different ones for resiliency high"):
        spec(locations=["Equinix-Amsterdam-AM5"])
