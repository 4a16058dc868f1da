"""A VPC with one regional subnet for nodes, pods and services, a way out, private access to Google, and flow logs."""

import pulumi
from pulumi_gcp import compute, servicenetworking

from components.google import PODS, SERVICES, SUBNET_LOGS, needed, title
from components.network.gcp import logs
from components.network.gcp.ranges import Ranges, share
from components.network.shape import NetworkOutputs, NetworkSpec
from components.network.zones import named

MTU = 8896
"""The largest that a VPC carries: the second gVNIC of A3 Ultra and A4 wants it (cluster-toolkit gke-a3-ultragpu)."""


def build(name: str, spec: NetworkSpec, opts: pulumi.ResourceOptions) -> NetworkOutputs:
    """Make the network. A pool with a fabric gets a range, from which the cluster makes networks of its cards.

    Raises:
        ProblemsError: Region or log key is missing; a zone is not in the region; the range is too small.
        CatalogError: The fact table does not list the region's zones, and none were given.
    """
    needed("Network", name, region=spec.region, account=spec.account, log_key=spec.log_key)
    zones, ranges = zones_of(spec), share(spec.cidr, spec.fabric_pools)
    vpc = compute.Network(
        name,
        name=title(name),
        auto_create_subnetworks=False,
        routing_mode="REGIONAL",
        mtu=MTU,
        opts=opts,
    )
    subnet = _subnet(name, spec, vpc, ranges)
    if spec.nat != "none":
        _way_out(name, spec, vpc)
    access = _services_access(name, vpc, ranges)
    logs.keep(name, spec, opts)
    # who joins the network finds private access to Google's services there, and leaves before it goes
    joined = pulumi.Output.all(vpc.id, access.id).apply(lambda ids: str(ids[0]))
    return NetworkOutputs(
        id=joined,
        cidr=str(spec.cidr),
        zones=zones,
        subnets=dict.fromkeys(zones, subnet.id),
        fabric_subnets={pool: pulumi.Output.from_input(str(block)) for pool, block in ranges.fabric.items()},
        routes={},
    )


def _subnet(name: str, spec: NetworkSpec, vpc: compute.Network, ranges: Ranges) -> compute.Subnetwork:
    """Make the subnet; one for all zones, since subnets of Google Cloud are a region's."""
    secondary = {PODS: ranges.pods, SERVICES: ranges.services}
    return compute.Subnetwork(
        name,
        name=title(name),
        network=vpc.id,
        region=spec.region,
        ip_cidr_range=str(ranges.nodes),
        secondary_ip_ranges=[
            {"range_name": label, "ip_cidr_range": str(block)} for label, block in secondary.items()
        ],
        private_ip_google_access=True,
        log_config=SUBNET_LOGS,
        opts=pulumi.ResourceOptions(parent=vpc),
    )


def _way_out(name: str, spec: NetworkSpec, vpc: compute.Network) -> None:
    """Make Cloud NAT: it is a region's and survives the loss of a zone, so `per-zone` and `single` are the same."""
    router = compute.Router(
        f"{name}-out",
        name=title(name, "out"),
        network=vpc.id,
        region=spec.region,
        opts=pulumi.ResourceOptions(parent=vpc),
    )
    compute.RouterNat(
        f"{name}-out",
        name=title(name, "out"),
        router=router.name,
        region=spec.region,
        nat_ip_allocate_option="AUTO_ONLY",
        source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
        log_config={"enable": True, "filter": "ERRORS_ONLY"},
        opts=pulumi.ResourceOptions(parent=router),
    )


def _services_access(name: str, vpc: compute.Network, ranges: Ranges) -> servicenetworking.Connection:
    """Give Google a range for services that it runs for us in a network of its own, such as Managed Lustre."""
    own = pulumi.ResourceOptions(parent=vpc)
    block = compute.GlobalAddress(
        f"{name}-services",
        name=title(name, "services"),
        network=vpc.id,
        purpose="VPC_PEERING",
        address_type="INTERNAL",
        address=str(ranges.google.network_address),
        prefix_length=ranges.google.prefixlen,
        opts=own,
    )
    return servicenetworking.Connection(
        f"{name}-services",
        network=vpc.id,
        service="servicenetworking.googleapis.com",
        reserved_peering_ranges=[block.name],
        # Google may hold the connection for a while after the last service is gone, and no network goes with its
        # peering (magic-modules #18476)
        deletion_policy="REMOVE_PEERING",
        opts=own,
    )


def zones_of(spec: NetworkSpec) -> tuple[str, ...]:
    """Give the zones: those of the settings, else the first three of the fact table. Nothing is looked up.

    Raises:
        ProblemsError: A given zone is not one of the region, or there are more than three.
        CatalogError: No source lists the region's zones.
    """
    return named(spec, "Google Cloud", lambda zone: zone.rpartition("-")[0])
