"""What resources of Google Cloud cost, type by type."""

from collections.abc import Mapping

from infra.catalog.cost.charge import Estimator, Place, charge, metered, number, span, text
from infra.catalog.cost.hyperdisk import volumes
from infra.catalog.cost.line import Line, Span, Undecided
from infra.catalog.regions import region_of
from infra.catalog.rows import CatalogError
from infra.catalog.values import UNKNOWN, Unknown, Value, find, get

_ONE = Span.exactly(1)
_CIRCUITS = {
    "LINK_TYPE_ETHERNET_10G_LR": "Dedicated Interconnect 10 Gbps circuit",
    "LINK_TYPE_ETHERNET_100G_LR": "Dedicated Interconnect 100 Gbps circuit",
}
_PARTS = {
    "us": "north-america",
    "asia-south1": "india",
    "asia-south2": "india",
    "asia-southeast2": "indonesia",
}
"""Parts of the world with a price of their own, by the beginning of a region or the whole of it."""
_NARROW = {
    f"BPS_{width}" for width in ("50M", "100M", "200M", "300M", "400M", "500M", "1G", "2G", "5G", "10G")
}
"""Widths of an attachment that cost the same; each wider one has a price of its own."""


def _regional(place: Place) -> Place:
    """Turn a zone into its region: prices are regional."""
    if not isinstance(place.region, str):
        return place
    try:
        return Place(region_of("gcp", place.region).name, place.templates)
    except CatalogError:
        return place


def continent(region: str) -> str:
    """Give the part of the world that prices the traffic of an interconnect, mostly a continent."""
    first = region.partition("-")[0]
    if first == "northamerica":
        return "mexico" if region.startswith("northamerica-south") else "north-america"
    return _PARTS.get(region, _PARTS.get(first, first))


def _continental(place: Place) -> Place:
    return Place(continent(place.region)) if isinstance(place.region, str) else place


def _node_pool(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    """A pool: host, accelerators and boot disks of each machine, in each of its zones."""
    zones = len(list(find(props, "nodeLocations[*]"))) or 1
    nodes = _nodes(props, zones)
    machine = get(props, "nodeConfig.machineType")
    if nodes is None or not isinstance(machine, str):
        return (
            Undecided("machines of the pool", "nodeCount" if nodes is None else "nodeConfig.machineType"),
        )
    here = _regional(place)
    return (charge("gcp", machine, here, nodes, _kind(props)), *_boot(props, nodes, here))


def _nodes(props: Mapping[str, Value], zones: int) -> Span | None:
    count = number(props, "nodeCount", -1)
    if count == -1:
        count = number(props, "initialNodeCount", 0)
    if get(props, "autoscaling") is UNKNOWN:
        return None
    if get(props, "autoscaling.totalMaxNodeCount") is not None:
        low, high = (
            number(props, "autoscaling.totalMinNodeCount", 0),
            number(props, "autoscaling.totalMaxNodeCount", 0),
        )
        return span(low, count if isinstance(count, Unknown) else count * zones, high)
    if get(props, "autoscaling") is None:
        each = span(count, count, count)
    else:
        each = span(
            number(props, "autoscaling.minNodeCount", 0), count, number(props, "autoscaling.maxNodeCount", 0)
        )
    return each.times(zones) if each else None


def _kind(props: Mapping[str, Value]) -> str:
    if get(props, "nodeConfig.spot") is True or get(props, "nodeConfig.preemptible") is True:
        return "spot"
    if get(props, "nodeConfig.flexStart") is True:
        return "flex-start"
    return "on-demand" if get(props, "nodeConfig.reservationAffinity.values") is None else "reserved"


def _boot(props: Mapping[str, Value], nodes: Span, place: Place) -> tuple[Line, ...]:
    size = number(props, "nodeConfig.diskSizeGb", 100)  # GKE's own default
    if isinstance(size, Unknown):
        return (Undecided("boot disks", "nodeConfig.diskSizeGb"),)
    kind = text(props, "nodeConfig.diskType", "pd-balanced")
    if isinstance(kind, Unknown):
        return (Undecided("boot disks", "nodeConfig.diskType"),)
    return volumes(kind, size, get(props, "nodeConfig.bootDisk"), nodes, place)


def _instance(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    machine = get(props, "machineType")
    if not isinstance(machine, str):
        return (Undecided("machine", "machineType"),)
    spot = (
        get(props, "scheduling.provisioningModel") == "SPOT" or get(props, "scheduling.preemptible") is True
    )
    return (charge("gcp", machine, _regional(place), _ONE, "spot" if spot else "on-demand"),)


def _disk(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    size = number(props, "size", 10)  # the smallest; Compute Engine's own default
    kind = text(props, "type", "pd-standard")
    if isinstance(size, Unknown) or isinstance(kind, Unknown):
        return (Undecided("disk", "size"),)
    return volumes(kind, size, props, _ONE, _regional(place))


def _lustre(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    size, speed = number(props, "capacityGib", 0), number(props, "perUnitStorageThroughput", 0)
    if isinstance(size, Unknown) or isinstance(speed, Unknown):
        return (Undecided("Managed Lustre", "capacityGib"),)
    return (charge("gcp", f"Managed Lustre {speed:g} MB/s/TiB", _regional(place), Span.exactly(size)),)


def _interconnect(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    links = number(props, "requestedLinkCount", 1)
    kind = get(props, "linkType")
    if isinstance(links, Unknown) or kind is UNKNOWN:
        return (Undecided("Interconnect circuit", "requestedLinkCount"),)
    sku = _CIRCUITS.get(str(kind), f"Dedicated Interconnect {kind}")
    return (
        charge("gcp", sku, Place("global"), Span.exactly(links)),
        metered("gcp", "Interconnect egress", _continental(place)),
    )


def _attachment(props: Mapping[str, Value], _place: Place) -> tuple[Line, ...]:
    partner = get(props, "type")
    if partner is UNKNOWN:
        return (Undecided("VLAN attachment", "type"),)
    # what a partner's attachment carries is for the partner to set, after the pairing
    width = text(props, "bandwidth", "" if partner == "PARTNER" else "BPS_10G")
    if isinstance(width, Unknown) or not width:
        return (Undecided("VLAN attachment", "bandwidth"),)
    wide = width.removeprefix("BPS_").replace("M", " Mbps").replace("G", " Gbps")
    if partner == "PARTNER":
        return (charge("gcp", f"Partner VLAN attachment {wide}", Place("global"), _ONE),)
    sku = f"VLAN attachment {'up to 10 Gbps' if width in _NARROW else wide}"
    return (charge("gcp", sku, Place("global"), _ONE),)


def _tunnel(_props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    here = _regional(place)
    return (
        charge("gcp", "Cloud VPN tunnel", here, _ONE),
        metered("gcp", "egress to internet, first 1 TB", here),
    )


def _cluster(_props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    return (charge("gcp", "GKE cluster management fee", _regional(place), _ONE),)


def _key(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    hsm = get(props, "versionTemplate.protectionLevel") == "HSM"
    sku = "Cloud KMS HSM key version (first 2k)" if hsm else "Cloud KMS software key version"
    return (charge("gcp", sku, _regional(place), _ONE),)


def _bucket(_props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    return (metered("gcp", "GCS Standard", place),)


def _nat(_props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    return (
        metered("gcp", "Cloud NAT assigned VM (first 32)", place),
        metered("gcp", "Cloud NAT data processed", place),
    )


def _used(item: str) -> "_Used":
    return _Used(item)


class _Used:
    """Something that is paid by use only."""

    def __init__(self, item: str) -> None:
        self.item = item

    def __call__(self, _props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
        return (metered("gcp", self.item, place),)


ESTIMATORS: Mapping[str, Estimator] = {
    "gcp:container/cluster:Cluster": _cluster,
    "gcp:container/nodePool:NodePool": _node_pool,
    "gcp:compute/instance:Instance": _instance,
    "gcp:compute/disk:Disk": _disk,
    "gcp:lustre/instance:Instance": _lustre,
    "gcp:compute/interconnect:Interconnect": _interconnect,
    "gcp:compute/interconnectAttachment:InterconnectAttachment": _attachment,
    "gcp:compute/vPNTunnel:VPNTunnel": _tunnel,
    "gcp:kms/cryptoKey:CryptoKey": _key,
    "gcp:storage/bucket:Bucket": _bucket,
    "gcp:compute/routerNat:RouterNat": _nat,
    "gcp:pubsub/topic:Topic": _used("Pub/Sub throughput"),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": _used("Cloud Logging storage"),
    "gcp:artifactregistry/repository:Repository": _used("Artifact Registry storage"),
    "gcp:secretmanager/secret:Secret": _used("Secret Manager versions"),
}
"""By type token."""
