"""A virtual network: a private subnet a zone and a pool with a fabric, ways out, private names, flow logs."""

from typing import Any

import pulumi
from pulumi_azure_native import network, resources

from components.microsoft import rights
from components.microsoft.ids import needed, title, within
from components.microsoft.ranges import clashes
from components.network.azure import flows, names, subnets, ways_out
from components.network.ranges import plan
from components.network.shape import NetworkOutputs, NetworkSpec
from components.parts import part_of
from infra.catalog import regions
from infra.problems import Problem, ProblemsError

ZONES = 3


def build(name: str, spec: NetworkSpec, opts: pulumi.ResourceOptions) -> NetworkOutputs:
    """Make the network. Its subnets are parts of it, since Azure changes one part of a network at a time.

    Raises:
        ProblemsError: Region, account or log key is missing, a zone is not in the region, the range is too small or
            taken, or there is no way out.
        CatalogError: The region is unknown.
    """
    needed("Network", name, region=spec.region, account=spec.account, log_key=spec.log_key)
    if found := clashes("cidr", spec.cidr):
        raise ProblemsError("Network can't be built on Azure", found)
    zones = zones_of(spec)
    ranges = plan(spec.cidr, zones, spec.fabric_pools)
    group = rights.group(name, spec.region, spec.labels, opts)
    guard = _guard(name, group, spec)
    exits = ways_out.gateways(name, group, spec, zones)
    where = {pool: zone or zones[0] for pool, zone in spec.fabric_pools.items()}
    made = network.VirtualNetwork(
        name,
        virtual_network_name=title(name),
        resource_group_name=group.name,
        location=group.location,
        address_space={"address_prefixes": [str(spec.cidr)]},
        subnets=subnets.all_of(ranges, where, guard.id, exits),
        tags=spec.labels,
        opts=part_of(group),
    )
    named = names.zone(name, group, made, spec)
    flows.log(name, group, made, guard, spec)
    # who joins the network needs its private names too
    id_ = pulumi.Output.all(made.id, named.id).apply(lambda ids: str(ids[0]))
    private = {zone: within(id_, subnets.private(zone)) for zone in zones}
    return NetworkOutputs(
        id=id_,
        cidr=str(spec.cidr),
        zones=zones,
        subnets=private,
        fabric_subnets={pool: within(id_, subnets.fabric(pool)) for pool in spec.fabric_pools},
        routes={},
    )


def zones_of(spec: NetworkSpec) -> tuple[str, ...]:
    """Give the zones: those of the settings, else those of the fact table. Nothing is looked up.

    Raises:
        ProblemsError: The region has no zones, or a given one is none of them.
    """
    there = regions.zones("azure", spec.region)
    if not there:
        text = f"{spec.region} has no zones"
        raise ProblemsError("Network can't be built on Azure", [Problem("region", text, "one with zones")])
    strange = [zone for zone in spec.zones if zone not in there]
    if strange:
        found = [Problem("zones", f"given {zone!r}", ", ".join(there)) for zone in strange]
        raise ProblemsError("Network can't be built on Azure", found)
    return (spec.zones or there)[:ZONES]


def _guard(name: str, group: resources.ResourceGroup, spec: NetworkSpec) -> network.NetworkSecurityGroup:
    """Let nothing in but what the network's own machines and Azure's load balancers send: Azure's default rules."""
    rules: list[dict[str, Any]] = []
    return network.NetworkSecurityGroup(
        name,
        network_security_group_name=title(name),
        resource_group_name=group.name,
        location=group.location,
        security_rules=rules,
        tags=spec.labels,
        opts=part_of(group),
    )
