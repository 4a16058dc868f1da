"""The neutral shape of a private network."""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any, NotRequired, TypedDict

import pulumi

from components.network.ranges import network, overlaps
from components.reading import Reader
from infra.platforms import Platform, backend

NAT = ("per-zone", "single", "none")


class NetworkArgs(TypedDict):
    """One private network over several zones."""

    platform: str
    """Where: aws, gcp, azure, onprem or local."""
    region: NotRequired[str]
    """The platform's name of the region. Required on clouds."""
    account: NotRequired[str]
    """The account that it is in. Required on clouds."""
    zones: NotRequired[list[str]]
    """Zones, the first one that of pools with a fabric. Default: the first three of the region in the fact table."""
    cidr: NotRequired[str]
    """Its IPv4 range. Default: 10.0.0.0/16."""
    nat: NotRequired[str]
    """Ways out to the internet: per-zone, single or none. Default: per-zone."""
    fabric_pools: NotRequired[dict[str, str]]
    """The zone of each pool with a fabric, by pool; new ones come last, so that ranges stay. Default: none."""
    linked: NotRequired[dict[str, list[str]]]
    """Ranges of other networks that are joined to this one, by link; none may overlap. Default: none."""
    flow_log_days: NotRequired[int]
    """How long flow logs are kept, in days (90 to 3653). Default: 90."""
    log_key: NotRequired[pulumi.Input[str]]
    """The key of the flow logs, as `KeyRing.purposes` names it. Required on clouds."""
    protect: NotRequired[bool]
    """Refuse to delete its flow logs, where they are kept in a store of their own. Default: false."""
    labels: NotRequired[dict[str, str]]
    """Labels, in the platform's spelling. Default: none."""


@dataclass(frozen=True)
class NetworkSpec:
    """The checked form of `NetworkArgs`, every field present."""

    platform: Platform
    region: str
    account: str
    zones: tuple[str, ...]
    cidr: IPv4Network
    nat: str
    fabric_pools: dict[str, str]
    flow_log_days: int
    log_key: pulumi.Input[str] | None
    protect: bool
    labels: dict[str, str]


@dataclass(frozen=True)
class NetworkOutputs:
    """What a backend gives back."""

    id: pulumi.Output[str]
    """The platform's id of the network; empty on this machine."""
    cidr: str
    """Its IPv4 range."""
    zones: tuple[str, ...]
    """Its zones."""
    subnets: dict[str, pulumi.Output[str]]
    """Private subnets by zone."""
    fabric_subnets: dict[str, pulumi.Output[str]]
    """The one subnet of each pool with a fabric, by pool."""
    routes: dict[str, pulumi.Output[str]]
    """Route tables of the private subnets by zone."""


class Network(pulumi.ComponentResource):
    """One private network over several zones."""

    network_id: pulumi.Output[str]
    """The platform's id of the network; empty on this machine."""
    cidr: pulumi.Output[str]
    """Its IPv4 range."""
    zones: pulumi.Output[list[str]]
    """Its zones."""
    subnets: pulumi.Output[dict[str, str]]
    """Private subnets by zone."""
    fabric_subnets: pulumi.Output[dict[str, str]]
    """The one subnet of each pool with a fabric, by pool."""
    routes: pulumi.Output[dict[str, str]]
    """Route tables of the private subnets by zone."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("causeway:index:Network", name, dict(args), opts)
        spec = parse(args)
        made = backend("network", spec.platform).build(name, spec, pulumi.ResourceOptions(parent=self))
        self.network_id, self.cidr = made.id, pulumi.Output.from_input(made.cidr)
        self._made: NetworkOutputs = made
        self.zones = pulumi.Output.from_input(list(made.zones))
        self.subnets = pulumi.Output.all(**made.subnets).apply(dict)
        self.fabric_subnets = pulumi.Output.all(**made.fabric_subnets).apply(dict)
        self.routes = pulumi.Output.all(**made.routes).apply(dict)
        self.register_outputs({"network_id": self.network_id, **self.joined()})

    def joined(self) -> dict[str, pulumi.Input[Any]]:
        """Give what a cluster, a file system or a link needs to join this network; zones are plain."""
        return {
            "zones": list(self._made.zones),
            "id": self.network_id,
            "cidr": self.cidr,
            "subnets": self.subnets,
            "fabric_subnets": self.fabric_subnets,
            "routes": self.routes,
        }


def parse(args: NetworkArgs | dict[str, Any]) -> NetworkSpec:
    """Check the arguments and fill in defaults.

    Raises:
        ProblemsError: Carries every mistake at once; two ranges that overlap are one mistake that names both.
    """
    reader = Reader("Network", args, NetworkArgs.__annotations__)
    cidr = network(reader.text("cidr", "10.0.0.0/16"), "cidr", reader)
    zones = tuple(reader.listed("zones"))
    spec = NetworkSpec(
        platform=reader.platform(),
        region=reader.text("region", ""),
        account=reader.text("account", ""),
        zones=zones,
        cidr=cidr,
        nat=reader.choice("nat", NAT, "per-zone"),
        fabric_pools=reader.mapping("fabric_pools"),
        flow_log_days=reader.whole("flow_log_days", 90, 90, 3653),
        log_key=reader.flowing("log_key"),
        protect=reader.flag("protect", default=False),
        labels=reader.mapping("labels"),
    )
    for pool, zone in spec.fabric_pools.items():
        if zones and zone and zone not in zones:
            reader.refuse(f"fabric_pools.{pool}", f"given {zone!r}", ", ".join(zones))
    overlaps(cidr, reader.mapping("linked"), reader)
    reader.done()
    return spec
