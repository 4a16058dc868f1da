"""The site's end of the tunnel that stands in for dead ports: strongSwan for its keys, an XFRM interface for BGP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tunnel:
    """One tunnel, as the far end described it."""

    label: str
    """Its name."""
    at: int
    """Its number from 1, which marks its packets."""
    address: str
    """The far end's public address."""
    asn: str
    """The far end's autonomous system number inside it."""
    ours: str
    """Our address inside it."""
    theirs: str
    """The far end's."""
    key: str
    """What both ends know."""

    @classmethod
    def listed(cls, given: Mapping[str, Mapping[str, str]]) -> "tuple[Tunnel, ...]":
        """Read what a far end gives as `Interconnect.tunnels`: what is theirs there is ours here."""
        return tuple(
            cls(label, at, one["address"], one["asn"], one["theirs"], one["ours"], one["key"])
            for at, (label, one) in enumerate(sorted(given.items()), 1)
        )

    @property
    def interface(self) -> str:
        """The name of its interface."""
        return f"tunnel{self.at}"

    def neighbour(self) -> list[str]:
        """Write its BGP neighbour for FRR."""
        return [
            f" neighbor {self.theirs} remote-as {self.asn}",
            f" neighbor {self.theirs} description {self.label}",
        ]


def interfaces(tunnels: Sequence[Tunnel]) -> str:
    """Write the lines that make each tunnel's interface; its packets carry the tunnel's number (XFRM)."""
    lines = []
    for one in tunnels:
        lines += [
            f"ip link add {one.interface} type xfrm if_id {one.at}",
            f"ip address add {one.ours} peer {one.theirs} dev {one.interface}",
            f"ip link set {one.interface} up",
        ]
    return "".join(f"{line}\n" for line in lines)


def swanctl(tunnels: Sequence[Tunnel]) -> str:
    """Write strongSwan's configuration: IKEv2, AES-256-GCM, SHA-384 and the curve P-384 alone, as the far end asks."""
    connections = "".join(_connection(one) for one in tunnels)
    secrets = "".join(
        f'  ike-{one.label} {{\n    id = {one.address}\n    secret = "{one.key}"\n  }}\n' for one in tunnels
    )
    return f"connections {{\n{connections}}}\nsecrets {{\n{secrets}}}\n"


def _connection(one: Tunnel) -> str:
    # names and values: strongSwan documentation, swanctl.conf, "connections" and "secrets"
    lines = [
        f"{one.label} {{",
        "  version = 2",
        f"  remote_addrs = {one.address}",
        "  proposals = aes256gcm16-prfsha384-ecp384",
        "  dpd_delay = 10s",
        "  local {",
        "    auth = psk",
        "  }",
        "  remote {",
        "    auth = psk",
        f"    id = {one.address}",
        "  }",
        "  children {",
        f"    {one.label} {{",
        "      esp_proposals = aes256gcm16-ecp384",
        "      local_ts = 0.0.0.0/0",
        "      remote_ts = 0.0.0.0/0",
        f"      if_id_in = {one.at}",
        f"      if_id_out = {one.at}",
        "      start_action = start",
        "      dpd_action = restart",
        "    }",
        "  }",
        "}",
    ]
    return "".join(f"  {line}\n" for line in lines)
