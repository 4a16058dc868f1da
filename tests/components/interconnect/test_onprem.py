"""The site's end of a link: sessions with both devices, our range out, the far ranges in, nothing in the clear."""

from ipaddress import IPv4Network
from typing import Any

from components.interconnect.onprem import router
from components.interconnect.shape import InterconnectSpec, parse


def link(**more: Any) -> InterconnectSpec:
    """Give a checked link."""
    args: dict[str, Any] = {
        "platform": "onprem",
        "locations": ["EqDC2", "TelM"],
        "asn": 65010,
        "peer_asn": 64512,
        "peer_cidrs": ["10.64.0.0/16", "10.66.0.0/16"],
        "network": {"cidr": "10.200.0.0/16"},
        "macsec": True,
        "vpn_fallback": False,
        **more,
    }
    return parse(args)


def test_ports_are_called_as_at_the_far_end() -> None:
    """A port's name is that of the far end's port; addresses differ from session to session."""
    ports = router.ports("home", link(resiliency="maximum"))
    assert [port.label for port in ports] == ["home-eqdc2-1", "home-eqdc2-2", "home-telm-1", "home-telm-2"]
    assert len({address for port in ports for address in (port.near, port.far)}) == 8
    assert all(IPv4Network(f"{port.near}/30", strict=False).network_address == port.far - 1 for port in ports)


def test_only_the_agreed_ranges_cross() -> None:
    """Ours goes out, the far ones come in, as many as there are; both sessions carry traffic."""
    spec = link()
    text = router.bgp(spec, router.ports("home", spec), "10.200.0.0/16")
    assert text.count("prefix-list FAR in") == text.count("prefix-list OWN out") == 2
    assert text.count("remote-as 64512") == text.count(" bfd\n") == 2
    assert "router bgp 65010" in text
    assert "ip prefix-list FAR seq 10 permit 10.66.0.0/16" in text
    assert text.count("maximum-prefix 2") == 2
    assert "maximum-paths 2" in text


def test_the_vlan_lies_inside_macsec() -> None:
    """With encryption the VLAN is made on the encrypted interface; without it on the port itself."""
    for macsec, below in ((True, "link0s"), (False, "link0")):
        spec = link(macsec=macsec)
        assert f"ip link add link {below} name link0v type vlan id 100" in router.interfaces(
            spec, router.ports("home", spec)
        )


def test_macsec_encrypts_with_256_bits() -> None:
    """Integrity alone is not enough, and the cipher is that of 256 bits."""
    lines = router.macsec("ab" * 32, "cd" * 32).splitlines()
    assert "  macsec_integ_only=0" in lines
    assert "  macsec_csindex=1" in lines
    assert f"  mka_cak={'cd' * 32}" in lines
