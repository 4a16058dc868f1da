"""What resources of Azure cost, type by type."""

from collections.abc import Mapping

from infra.catalog.cost.charge import Estimator, Place, charge, metered, number, span
from infra.catalog.cost.line import Free, Line, Span, Undecided
from infra.catalog.values import UNKNOWN, Unknown, Value, get

_ONE = Span.exactly(1)
_SIZES = (4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32767)
# managed disks are sold in steps: P1..P80; https://learn.microsoft.com/azure/virtual-machines/disks-types
_STEPS = (1, 2, 3, 4, 6, 10, 15, 20, 30, 40, 50, 60, 70, 80)
_TIERS = {"Premium_LRS": "P", "StandardSSD_LRS": "E", "Standard_LRS": "S"}


def _pool(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    """A pool: its machines, and their disks when they are not on the machine itself."""
    size, nodes = get(props, "vmSize"), _nodes(props)
    if nodes is None or not isinstance(size, str):
        return (Undecided("machines of the pool", "count" if nodes is None else "vmSize"),)
    kind = "spot" if get(props, "scaleSetPriority") == "Spot" else "on-demand"
    kind = kind if get(props, "capacityReservationGroupID") is None else "reserved"
    return (charge("azure", size, place, nodes, kind), *_os_disks(props, nodes, place))


def _nodes(props: Mapping[str, Value]) -> Span | None:
    count = number(props, "count", 1)
    if get(props, "enableAutoScaling") is not True:
        return span(count, count, count)
    return span(number(props, "minCount", 0), count, number(props, "maxCount", 0))


def _os_disks(props: Mapping[str, Value], nodes: Span, place: Place) -> tuple[Line, ...]:
    if get(props, "osDiskType") == "Ephemeral":
        return ()  # on the machine's own disk
    size = number(props, "osDiskSizeGB", 128)  # AKS's own default for machines with few processors
    if isinstance(size, Unknown):
        return (Undecided("disks of the machines", "osDiskSizeGB"),)
    return (charge("azure", _disk_sku(size, "Premium_LRS"), place, nodes),)


def _disk_sku(gigabytes: float, tier: str) -> str:
    step, size = next(
        ((s, g) for s, g in zip(_STEPS, _SIZES, strict=True) if g >= gigabytes), (_STEPS[-1], _SIZES[-1])
    )
    written = "1 TiB" if size == 1024 else f"{size} GiB"
    letter = _TIERS.get(tier, "P")
    return f"managed disk {letter}{step} ({written}) LRS"


def _cluster(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    profiles = get(props, "agentPoolProfiles")
    if profiles is UNKNOWN:
        return (Undecided("machines of the cluster", "agentPoolProfiles"),)
    fee = (
        (charge("azure", "AKS Uptime SLA", place, _ONE),)
        if get(props, "sku.tier") in {"Standard", "Premium"}
        else ()
    )
    return (*fee, *(line for profile in profiles or () for line in _pool(profile, place)))


def _disk(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    size = number(props, "diskSizeGB", 0)
    if isinstance(size, Unknown):
        return (Undecided("managed disk", "diskSizeGB"),)
    return (charge("azure", _disk_sku(size, str(get(props, "sku.name"))), place, _ONE),)


def _lustre(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    size = number(props, "storageCapacityTiB", 0)
    if isinstance(size, Unknown):
        return (Undecided("Managed Lustre", "storageCapacityTiB"),)
    return (charge("azure", f"Managed Lustre {get(props, 'sku.name')}", place, Span.exactly(size * 1024)),)


def _port(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    width = get(props, "bandwidthInGbps")
    if width is UNKNOWN:
        return (Undecided("ExpressRoute Direct port pair", "bandwidthInGbps"),)
    return (charge("azure", f"ExpressRoute Direct {width} Gbps port pair", place, _ONE),)


def _circuit(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    tier, family = get(props, "sku.tier"), get(props, "sku.family")
    width = get(props, "serviceProviderProperties.bandwidthInMbps")
    width = get(props, "bandwidthInGbps") if width is None else width
    if UNKNOWN in {tier, family, width}:
        return (Undecided("ExpressRoute circuit", "sku"),)
    own = get(props, "bandwidthInGbps") is not None
    sku = f"ExpressRoute circuit {tier} {family} {width} " + ("Gbps on an own port" if own else "Mbps")
    data = (metered("azure", "ExpressRoute data out", place),) if family == "MeteredData" else ()
    # github.com/MicrosoftDocs/azure-docs includes/expressroute-direct-faq-include.md, "billing model"
    included = own and tier == "Standard"
    fixed = Free(sku, "the pair of ports includes it") if included else charge("azure", sku, place, _ONE)
    return (fixed, *data)


def _gateway(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    kind, sku = get(props, "gatewayType"), get(props, "sku.name")
    if UNKNOWN in {kind, sku}:
        return (Undecided("gateway", "sku.name"),)
    name = "VPN" if kind == "Vpn" else kind
    return (charge("azure", f"{name} gateway {sku}", place, _ONE),)


def _connection(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    kind = get(props, "connectionType")
    if kind is UNKNOWN:
        return (Undecided("connection of a gateway", "connectionType"),)
    if kind != "IPsec":
        return ()  # paid with the gateway and the circuit
    # source azure-meters; github.com/MicrosoftDocs/azure-docs issue 85917
    return (
        Free("VPN tunnel, one of ten", "the gateway includes them; an eleventh is paid"),
        metered("azure", "VPN tunnel", place),
        metered("azure", "egress to internet, first 10 TB", place),
    )


class _Fixed:
    """One unit of something all month, and what is paid by use beside it."""

    def __init__(self, sku: str, *uses: str) -> None:
        self.sku, self.uses = sku, uses

    def __call__(self, _props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
        fixed = (charge("azure", self.sku, place, _ONE),) if self.sku else ()
        return (*fixed, *(metered("azure", use, place) for use in self.uses))


ESTIMATORS: Mapping[str, Estimator] = {
    "azure-native:containerservice:AgentPool": _pool,
    "azure-native:containerservice:ManagedCluster": _cluster,
    "azure-native:compute:Disk": _disk,
    "azure-native:storagecache:AmlFilesystem": _lustre,
    "azure-native:network:ExpressRoutePort": _port,
    "azure-native:network:ExpressRouteCircuit": _circuit,
    "azure-native:network:VirtualNetworkGateway": _gateway,
    "azure-native:network:VirtualNetworkGatewayConnection": _connection,
    "azure-native:network:ExpressRouteGateway": _Fixed("ExpressRoute gateway scale unit (2 Gbps)"),
    "azure-native:network:NatGateway": _Fixed("NAT gateway", "NAT gateway data processed"),
    "azure-native:network:PublicIPAddress": _Fixed("public IPv4 address"),
    "azure-native:network:PrivateEndpoint": _Fixed("private endpoint"),
    "azure-native:keyvault:Key": _Fixed("", "Key Vault operations"),
    "azure-native:storage:StorageAccount": _Fixed("", "Blob Hot LRS"),
    "azure-native:operationalinsights:Workspace": _Fixed("", "Log Analytics ingestion"),
    "azure-native:containerregistry:Registry": _Fixed("container registry"),
}
"""By type token."""
