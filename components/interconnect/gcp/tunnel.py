"""The tunnel over the internet that stands in when every port is down."""

import pulumi
import pulumi_random as random
from pulumi_gcp import compute

from components.google import title
from components.interconnect.shape import InterconnectSpec

STRONG = {
    "phase1": {
        "encryptions": ["AES-CBC-256"],
        "integrities": ["HMAC-SHA2-256-128"],
        "prves": ["PRF-HMAC-SHA2-256"],
        "dhs": ["Group-14"],
    },
    "phase2": {"encryptions": ["AES-CBC-256"], "integrities": ["HMAC-SHA2-256-128"], "pfs": ["Group-14"]},
}
"""What both ends agree on; Google would take weaker ones too if nothing were said."""

STANDBY = 1000
"""Priority of the tunnel's routes: worse than that of the ports."""

HALVES = {0: ("169.254.20.1/30", "169.254.20.2"), 1: ("169.254.20.5/30", "169.254.20.6")}
"""Addresses of the sessions inside the two tunnels: ours and the far end's."""


def build(
    name: str, spec: InterconnectSpec, router: compute.Router
) -> dict[str, pulumi.Output[dict[str, str]]]:
    """Make both tunnels of an HA VPN; gives the secret that the far end takes for each."""
    label = f"{name}-tunnel"
    own = pulumi.ResourceOptions(parent=router)
    gateway = compute.HaVpnGateway(
        label, name=title(label), network=spec.network["id"], labels=spec.labels, opts=own
    )
    far = compute.ExternalVpnGateway(
        label,
        name=title(label),
        redundancy_type="SINGLE_IP_INTERNALLY_REDUNDANT",
        interfaces=[{"id": 0, "ip_address": spec.peer_address}],
        labels=spec.labels,
        opts=own,
    )
    made = {f"{label}-{at}": _secret(f"{label}-{at}", spec, router) for at in HALVES}
    for at, (half, secret) in enumerate(made.items()):
        tunnel = compute.VPNTunnel(
            half,
            name=title(half),
            vpn_gateway=gateway.id,
            vpn_gateway_interface=at,
            peer_external_gateway=far.id,
            peer_external_gateway_interface=0,
            router=router.id,
            shared_secret=secret,
            ike_version=2,
            cipher_suite=STRONG,
            labels=spec.labels,
            opts=pulumi.ResourceOptions(parent=router, additional_secret_outputs=["sharedSecret"]),
        )
        _session(half, HALVES[at], spec, router, tunnel)
    return {
        half: pulumi.Output.secret(pulumi.Output.all(psk=secret).apply(dict)) for half, secret in made.items()
    }


def _secret(label: str, spec: InterconnectSpec, router: compute.Router) -> pulumi.Output[str]:
    made = random.RandomPassword(
        label,
        length=48,
        special=False,
        keepers={"generation": str(spec.key_generation)},
        opts=pulumi.ResourceOptions(parent=router),
    )
    secret: pulumi.Output[str] = made.result
    return secret


def _session(
    label: str,
    addresses: tuple[str, str],
    spec: InterconnectSpec,
    router: compute.Router,
    tunnel: compute.VPNTunnel,
) -> None:
    ours, theirs = addresses
    own = pulumi.ResourceOptions(parent=tunnel)
    interface = compute.RouterInterface(
        label, name=title(label), router=router.name, vpn_tunnel=tunnel.name, ip_range=ours, opts=own
    )
    compute.RouterPeer(
        label,
        name=title(label),
        router=router.name,
        interface=interface.name,
        peer_asn=spec.peer_asn,
        peer_ip_address=theirs,
        advertised_route_priority=STANDBY,
        opts=own,
    )
