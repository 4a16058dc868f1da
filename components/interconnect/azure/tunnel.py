"""The tunnel over the internet that stands in when every circuit is down."""

import pulumi
import pulumi_random as random
from pulumi_azure_native import network, resources

from components.interconnect.azure.gateway import gateway
from components.interconnect.shape import InterconnectSpec
from components.microsoft.ids import title
from components.parts import part_of

SKU = "VpnGw2AZ"
"""A gateway in all zones that speaks the strong algorithms."""

STRONG = {
    "ike_encryption": "GCMAES256",
    "ike_integrity": "SHA384",
    "dh_group": "ECP384",
    "ipsec_encryption": "GCMAES256",
    "ipsec_integrity": "GCMAES256",
    "pfs_group": "ECP384",
    "sa_life_time_seconds": 3600,
    "sa_data_size_kilobytes": 102400000,
}
"""What both ends of the tunnel agree on; Azure would take weaker ones too if nothing were said."""


def build(name: str, group: resources.ResourceGroup, spec: InterconnectSpec) -> pulumi.Output[dict[str, str]]:
    """Make the tunnel; gives its shared key, a secret that the far end's router takes."""
    near = gateway(name, group, spec, "Vpn", SKU)
    where = {"resource_group_name": group.name, "location": group.location, "tags": spec.labels}
    label = f"{name}-tunnel"
    far = network.LocalNetworkGateway(
        label,
        local_network_gateway_name=title(label, limit=80),
        gateway_ip_address=spec.peer_address,
        local_network_address_space={"address_prefixes": list(spec.peer_cidrs)},
        **where,
        opts=part_of(group),
    )
    made = random.RandomBytes(
        label,
        length=32,
        keepers={"generation": str(spec.key_generation)},
        opts=part_of(far),
    )
    key = pulumi.Output.secret(made.hex)
    network.VirtualNetworkGatewayConnection(
        label,
        virtual_network_gateway_connection_name=title(label, limit=80),
        connection_type="IPsec",
        connection_protocol="IKEv2",
        dpd_timeout_seconds=45,
        virtual_network_gateway1={"id": near.id},
        local_network_gateway2={"id": far.id},
        shared_key=key,
        ipsec_policies=[STRONG],
        **where,
        opts=part_of(near, additional_secret_outputs=["sharedKey"]),
    )
    return pulumi.Output.secret(key.apply(lambda text: {"psk": text}))
