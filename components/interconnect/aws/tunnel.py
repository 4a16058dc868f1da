"""The tunnel over the internet that stands in when every port is down."""

import pulumi
from pulumi_aws import ec2, ec2transitgateway

from components.interconnect.shape import InterconnectSpec

SECRET = [
    f"tunnel{at}{part}"
    for at in (1, 2)
    for part in ("Address", "CgwInsideAddress", "PresharedKey", "VgwInsideAddress")
]
"""What leaves the component beside the keys, under one mark."""

STRONG = {
    "ike_versions": ["ikev2"],
    "phase1_encryption_algorithms": ["AES256-GCM-16"],
    "phase1_integrity_algorithms": ["SHA2-384"],
    "phase1_dh_group_numbers": [20],
    "phase2_encryption_algorithms": ["AES256-GCM-16"],
    "phase2_integrity_algorithms": ["SHA2-384"],
    "phase2_dh_group_numbers": [20],
    "dpd_timeout_action": "restart",
}
"""What both tunnels agree on; AWS would take weaker ones too if nothing were said."""


def build(
    name: str, spec: InterconnectSpec, router: ec2transitgateway.TransitGateway
) -> dict[str, pulumi.Output[dict[str, str]]]:
    """Make both tunnels of a site-to-site VPN; BGP runs in them with the far end's number, as on the ports."""
    label = f"{name}-tunnel"
    tags = {**spec.labels, "Name": f"{pulumi.get_stack()}-{label}"}
    own = pulumi.ResourceOptions(parent=router)
    far = ec2.CustomerGateway(
        label,
        type="ipsec.1",
        ip_address=spec.peer_address,
        tags=tags,
        opts=own,
        **_number(spec.peer_asn),
    )
    tunnels = {f"tunnel{at}_{key}": value for at in (1, 2) for key, value in STRONG.items()}
    made = ec2.VpnConnection(
        label,
        type="ipsec.1",
        customer_gateway_id=far.id,
        transit_gateway_id=router.id,
        static_routes_only=False,
        tags=tags,
        **tunnels,
        # EC2 makes the shared keys by itself; they never pass through the program
        opts=pulumi.ResourceOptions(
            parent=router,
            additional_secret_outputs=["customerGatewayConfiguration", *SECRET],
        ),
    )
    return {f"{label}-{at}": _tunnel(made, at, router) for at in (1, 2)}


def _tunnel(
    made: ec2.VpnConnection, at: int, router: ec2transitgateway.TransitGateway
) -> pulumi.Output[dict[str, str]]:
    """Give what the far end's router needs of one tunnel: where it ends, who is who in it, and its key."""
    parts = {
        "address": getattr(made, f"tunnel{at}_address"),
        "asn": router.amazon_side_asn.apply(str),
        "ours": getattr(made, f"tunnel{at}_vgw_inside_address"),
        "theirs": getattr(made, f"tunnel{at}_cgw_inside_address"),
        "key": getattr(made, f"tunnel{at}_preshared_key"),
    }
    found: pulumi.Output[dict[str, str]] = pulumi.Output.all(**parts).apply(dict)
    return pulumi.Output.secret(found)


def _number(asn: int) -> dict[str, str]:
    # numbers beyond 31 bits have an argument of their own (EC2 API, CreateCustomerGateway, BgpAsnExtended)
    return {"bgp_asn": str(asn)} if asn < 2**31 else {"bgp_asn_extended": str(asn)}
