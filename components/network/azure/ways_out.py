"""Ways out to the internet: a NAT gateway a zone, or one for all."""

from collections.abc import Sequence

import pulumi
from pulumi_azure_native import network, resources

from components.network.shape import NetworkSpec
from components.parts import part_of
from infra.problems import Problem, ProblemsError


def gateways(
    name: str, group: resources.ResourceGroup, spec: NetworkSpec, zones: Sequence[str]
) -> dict[str, pulumi.Output[str]]:
    """Give the NAT gateway of each zone.

    Raises:
        ProblemsError: There is to be no way out, without which a node of AKS does not start.
    """
    if spec.nat == "none":
        fix = "per-zone or single: nodes of AKS fetch what they boot with from outside"
        raise ProblemsError("Network can't be built on Azure", [Problem("nat", "given none", fix)])
    if spec.nat == "single":
        one = _gateway(name, group, spec, zones[0]).id
        return dict.fromkeys(zones, one)
    return {zone: _gateway(name, group, spec, zone).id for zone in zones}


def _gateway(name: str, group: resources.ResourceGroup, spec: NetworkSpec, zone: str) -> network.NatGateway:
    label = f"{name}-out-{zone}"
    where = {
        "resource_group_name": group.name,
        "location": group.location,
        "zones": [zone],
        "tags": spec.labels,
    }
    own = part_of(group)
    address = network.PublicIPAddress(
        label,
        public_ip_address_name=label,
        public_ip_allocation_method="Static",
        public_ip_address_version="IPv4",
        sku={"name": "Standard", "tier": "Regional"},
        **where,
        opts=own,
    )
    return network.NatGateway(
        label,
        nat_gateway_name=label,
        public_ip_addresses=[{"id": address.id}],
        sku={"name": "Standard"},
        **where,
        opts=own,
    )
