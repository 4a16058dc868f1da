"""Direct Connect: enough places, numbers and packets that AWS takes."""

from typing import Any

import pytest

from components.interconnect.aws import refuse
from components.interconnect.aws.door import address
from components.interconnect.shape import parse
from infra.problems import ProblemsError


def spec(**more: Any) -> Any:
    """Give a checked link of two places."""
    args = {
        "platform": "aws",
        "locations": ["EQPA3", "ITXP7"],
        "peer_asn": 65010,
        "peer_cidrs": ["10.200.0.0/16"],
        "peer_address": "198.51.100.7",
        "network": {},
    }
    return parse({**args, **more})


@pytest.mark.parametrize(
    ("resiliency", "locations"),
    [("high", ["EQPA3"]), ("high", ["EQPA3", "EQPA3"]), ("development", ["A", "B"])],
)
def test_resiliency_needs_its_places(resiliency: str, locations: list[str]) -> None:
    """Two ports in one building are one outage: high needs two different places, development exactly one."""
    with pytest.raises(ProblemsError, match="different ones for resiliency"):
        spec(resiliency=resiliency, locations=locations)


def test_both_ends_differ() -> None:
    """The far end may use neither our number nor the next one, which our router takes."""
    with pytest.raises(ProblemsError, match="both ends of BGP differ"):
        spec(peer_asn=64513)


def test_a_tunnel_needs_an_address() -> None:
    """A fallback over the internet has somewhere to go, or is switched off."""
    with pytest.raises(ProblemsError, match="vpn_fallback: false"):
        spec(peer_address="")
    spec(peer_address="", vpn_fallback=False)


def test_aws_takes_its_own_packets_numbers_and_ciphers() -> None:
    """8950 bytes, a public number and MACsec on 1 Gbit/s are three mistakes of one error."""
    with pytest.raises(ProblemsError) as caught:
        refuse(spec(mtu=8950, asn=3320, macsec=True, bandwidth_gbps=1))
    assert [problem.where for problem in caught.value.problems] == ["mtu", "asn", "bandwidth_gbps"]
    refuse(spec(mtu=8500, macsec=True))


def test_buckets_are_called_below_the_endpoints_own_name() -> None:
    """The name of an endpoint of S3 stands for many; buckets are below one of them."""
    name = "*.vpce-0123456789abcdef0-01234567.s3.eu-north-1.vpce.amazonaws.com"
    assert address(name) == "https://bucket.vpce-0123456789abcdef0-01234567.s3.eu-north-1.vpce.amazonaws.com"


@pytest.mark.never_again
@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"ports": 2, "macsec": True}, "asks for MACsec on ports alone"),
        ({"ports": 3, "bandwidth_gbps": 100}, "at most 2 in one bundle"),
        ({"ports": 3, "bandwidth_gbps": 400}, "at most 2 in one bundle"),
    ],
)
def test_a_bundle_is_one_that_direct_connect_has(more: dict[str, Any], told: str) -> None:
    """Threads terraform-provider-aws #36693, #47663: a bundle never asked for MACsec, so its ports were refused."""
    with pytest.raises(ProblemsError, match=told):
        refuse(spec(**more))


@pytest.mark.parametrize(("ports", "speed"), [(4, 10), (2, 100), (1, 400)])
def test_bundles_of_the_most_ports_pass(ports: int, speed: int) -> None:
    """Four ports of 10 Gbit/s, two of 100; one port is no bundle and may be encrypted."""
    refuse(spec(ports=ports, bandwidth_gbps=speed, macsec=ports == 1))
