"""Links on Google Cloud: own ports and partners', in both edge availability domains."""

from typing import Any
from unittest.mock import MagicMock

import pulumi
import pytest

from components.interconnect.gcp import refuse
from components.interconnect.gcp.places import places
from components.interconnect.gcp.ports import Ports
from components.interconnect.shape import parse
from infra.problems import ProblemsError


def spec(*locations: str, **more: Any) -> Any:
    """Give a checked link."""
    far = {"peer_asn": 65010, "peer_cidrs": ["10.200.0.0/16"], "peer_address": "198.51.100.7"}
    return parse({"platform": "gcp", "locations": list(locations), "network": {}, **far, **more})


def judged(*locations: str, **more: Any) -> None:
    """Check a link's places and settings."""
    asked = spec(*locations, **more)
    refuse(asked, places(asked))


def test_two_ports_stand_in_two_domains() -> None:
    """Both domains of a metro pass; twice the same one does not survive maintenance."""
    judged("fra-zone1-58", "fra-zone2-58")
    with pytest.raises(ProblemsError, match="both edge availability domains"):
        judged("fra-zone1-58", "ams-zone1-1236")


def test_maximum_takes_both_domains_of_two_places() -> None:
    """Four ports: each place's other domain is the second device."""
    found = places(spec("fra-zone1-58", "ams-zone1-1236", resiliency="maximum"))
    assert [place.name for place in found] == [
        "fra-zone1-58",
        "fra-zone2-58",
        "ams-zone1-1236",
        "ams-zone2-1236",
    ]


def test_a_partner_has_rules_of_its_own() -> None:
    """Its number is Google's fixed one, small speeds pass, and its ports cannot be encrypted by us."""
    theirs = ("availability-domain-1", "availability-domain-2")
    judged(*theirs, asn=16550, bandwidth_gbps=1)
    with pytest.raises(ProblemsError, match="16550 for Partner Interconnect"):
        judged(*theirs)
    with pytest.raises(ProblemsError, match="the ports are the partner's"):
        judged(*theirs, asn=16550, macsec=True)


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"mtu": 8500}, "1500 or 8896"),
        ({"bandwidth_gbps": 1}, "10, 100 or 400"),
        ({"asn": 65536}, "64512 to 65534"),
        ({"vlan": 1}, "2 to 4094 on Google Cloud"),
    ],
)
def test_what_google_does_not_have_is_refused(more: dict[str, Any], text: str) -> None:
    """Frame size, speed and number, each with what there is."""
    with pytest.raises(ProblemsError, match=text):
        judged("fra-zone1-58", "fra-zone2-58", **more)


def test_a_strange_location_shows_how_they_are_written() -> None:
    """The name of another cloud's meeting point is refused with an example."""
    with pytest.raises(ProblemsError, match="fra-zone1-58 for a port of your own"):
        places(spec("EqDC2", "TelM"))


def test_an_encrypted_port_stands_on_hardware_that_can() -> None:
    """MACsec is asked for with the port, which may else come without it for ever (Compute API, requestedFeatures)."""
    for macsec, features in ((True, ["IF_MACSEC"]), (False, None)):
        ports = Ports(
            "home", spec("fra-zone1-58", "fra-zone2-58", macsec=macsec), MagicMock(), pulumi.ResourceOptions()
        )
        assert ports._macsec().get("requested_features") == features
