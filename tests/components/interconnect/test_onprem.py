"""The site's end of a link: sessions with both devices, our range out, the far ranges in, nothing in the clear."""

import os
import subprocess
from contextlib import nullcontext
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from components.interconnect.onprem import refuse, router, tunnel
from components.interconnect.onprem.tunnel import Tunnel
from components.interconnect.shape import InterconnectSpec, parse
from infra.problems import ProblemsError


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


IP = """#!/bin/sh
case "$*" in
  "-o link show type macsec") cat "$THERE" ;;
  *) echo "$*" >>"$ASKED" ;;
esac
"""
"""What stands for iproute2: it lists the encrypted interfaces that are there, and writes down what else it is asked."""

THERE = "7: macsec0@link1: <BROADCAST,UP> mtu 1468\n8: macsec1@link0: <BROADCAST,UP> mtu 1468\n"


def ran(script: str, there: str, folder: Path) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run a router's script; give its end, and what iproute2 was asked."""
    tool, asked = folder / "ip", folder / "asked"
    tool.write_text(IP, encoding="utf-8")
    tool.chmod(0o700)
    (folder / "there").write_text(there, encoding="utf-8")
    asked.touch()
    env = {"PATH": f"{folder}:{os.environ['PATH']}", "THERE": str(folder / "there"), "ASKED": str(asked)}
    done = subprocess.run(
        ["sh", "-c", script], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    return done, asked.read_text(encoding="utf-8").splitlines()


@pytest.mark.never_again
@pytest.mark.parametrize(("macsec", "below"), [(True, ["macsec1", "macsec0"]), (False, ["link0", "link1"])])
def test_the_vlan_lies_inside_macsec(macsec: bool, below: list[str], tmp_path: Path) -> None:
    """The encrypted interface is the one that is there on the port, by the name that Linux gave it, not one made up."""
    spec = link(macsec=macsec)
    done, asked = ran(router.interfaces(spec, router.ports("home", spec)), THERE, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for at, one in enumerate(below):
        assert f"link add link {one} name link{at}v type vlan id 100" in asked


def test_nothing_crosses_a_port_that_is_not_encrypted_yet(tmp_path: Path) -> None:
    """Without the encrypted interface the script ends before it makes a VLAN, and says what is missing."""
    spec = link()
    done, asked = ran(router.interfaces(spec, router.ports("home", spec)), "", tmp_path)
    assert done.returncode == 1
    assert "link0 has no MACsec interface" in done.stderr
    assert not [one for one in asked if "vlan" in one]


@pytest.mark.never_again
def test_a_packet_fits_with_all_that_is_put_around_it(tmp_path: Path) -> None:
    """Linux refuses a VLAN's size that leaves no room for its tag and the seal; the script ended there."""
    spec = link(mtu=8500)
    _, asked = ran(router.interfaces(spec, router.ports("home", spec)), THERE, tmp_path)
    sizes = dict(one.removeprefix("link set ").split(" up mtu ") for one in asked if " mtu " in one)
    assert (sizes["link0"], sizes["macsec1"], sizes["link0v"]) == ("8536", "8504", "8500")


def test_macsec_encrypts_with_256_bits() -> None:
    """Integrity alone is not enough, and the cipher is that of 256 bits."""
    lines = router.macsec("ab" * 32, "cd" * 32).splitlines()
    assert "  macsec_integ_only=0" in lines
    assert "  macsec_csindex=1" in lines
    assert f"  mka_cak={'cd' * 32}" in lines


@pytest.mark.never_again
@pytest.mark.parametrize(
    ("gbps", "macsec", "fine"), [(10, True, True), (100, False, True), (100, True, False)]
)
def test_a_wide_port_is_encrypted_by_other_routers(gbps: int, macsec: bool, fine: bool) -> None:
    """Direct Connect takes extended packet numbers alone at 100 Gbit/s; what we render has none and never came up."""
    spec = link(bandwidth_gbps=gbps, macsec=macsec)
    with nullcontext() if fine else pytest.raises(ProblemsError, match="less than 100 Gbit/s"):
        refuse("line", spec)


SESSIONS = {
    "line-eqdc2-1": {"ours": "169.254.7.1/29", "theirs": "169.254.7.2/29", "key": "signed"},
    "line-telm-1": {"ours": "169.254.9.5/30", "theirs": "169.254.9.6/30", "key": ""},
}
TUNNELS = {
    "line-tunnel-2": {
        "address": "203.0.113.2",
        "asn": "64521",
        "ours": "169.254.11.1",
        "theirs": "169.254.11.2",
        "key": "b",
    },
    "line-tunnel-1": {
        "address": "203.0.113.1",
        "asn": "64521",
        "ours": "169.254.10.1",
        "theirs": "169.254.10.2",
        "key": "a",
    },
}


def test_the_far_ends_addresses_are_taken() -> None:
    """What is theirs there is ours here; a session's key signs it, and one without a key is plain."""
    spec = link(far_name="line")
    ports = router.joined(router.ports("line-site", spec), SESSIONS)
    text = router.bgp(spec, ports, "10.200.0.0/16")
    assert " neighbor 169.254.7.1 remote-as 64512" in text
    assert " neighbor 169.254.7.1 password signed" in text
    assert text.count("password") == 1
    made = router.interfaces(spec, ports)
    assert "ip address add 169.254.7.2/29 dev link0v" in made
    assert "ip address add 169.254.9.6/30 dev link1v" in made


def test_a_session_that_the_far_end_has_not() -> None:
    """Names of ports that differ at both ends are an error that names them, not a router without a session."""
    with pytest.raises(ValueError, match="no session home-telm-1; it has line-eqdc2-1"):
        router.joined(router.ports("home", link(far_name="home"))[1:], {"line-eqdc2-1": {}})


def test_a_tunnel_carries_traffic_only_when_no_port_does() -> None:
    """Its routes count less than those of the ports, from the number that the far end has inside it."""
    spec, tunnels = link(), Tunnel.listed(TUNNELS)
    text = router.bgp(spec, router.ports("home", spec), "10.200.0.0/16", tunnels)
    assert text.count("route-map FALLBACK in") == 2
    assert "route-map FALLBACK permit 10\n set local-preference 50\n" in text
    assert " neighbor 169.254.10.1 remote-as 64521" in text
    assert "FALLBACK" not in router.bgp(spec, router.ports("home", spec), "10.200.0.0/16")


def test_each_tunnel_has_its_own_interface_and_key() -> None:
    """The number that marks a tunnel's packets is the same in its connection and at its interface."""
    tunnels = Tunnel.listed(TUNNELS)
    assert [one.label for one in tunnels] == ["line-tunnel-1", "line-tunnel-2"]
    text = tunnel.swanctl(tunnels)
    assert text.count("{") == text.count("}")
    second = text[text.index("  line-tunnel-2 {") :]
    assert "remote_addrs = 203.0.113.2" in second
    assert "if_id_in = 2" in second
    assert 'secret = "b"' in second
    made = tunnel.interfaces(tunnels)
    assert "ip link add tunnel2 type xfrm if_id 2" in made
    assert "ip address add 169.254.11.2 peer 169.254.11.1 dev tunnel2" in made
