"""What resources of AWS cost, type by type."""

from collections.abc import Mapping

from infra.catalog.cost.charge import Estimator, Place, Template, charge, metered, number, span, text
from infra.catalog.cost.line import Line, Priced, Span, Undecided, Unpriced
from infra.catalog.values import UNKNOWN, Unknown, Value, find, get

_ONE = Span.exactly(1)
_CAPACITY = {
    "SPOT": "spot",
    "CAPACITY_BLOCK": "capacity-block",
    "capacity-block": "capacity-block",
    "spot": "spot",
}
_RESERVED = "capacityReservationSpecification.capacityReservationTarget"
_PORTS = {f"{width}Gbps": f"Direct Connect {width} Gbps port" for width in (1, 10, 100, 400)}


def template(props: Mapping[str, Value]) -> Template:
    """Read what a launch template adds to a pool."""
    disks = tuple(
        (text(found.value, "volumeType", "gp3"), get(found.value, "volumeSize"))
        for found in find(props, "blockDeviceMappings[*].ebs")
        if found.value is not UNKNOWN
    )
    return Template(get(props, "instanceType"), _bought(props), disks)


def _bought(props: Mapping[str, Value]) -> str:
    """Say how an instance, or what a launch template starts, is bought; empty where that says nothing about it."""
    market = _CAPACITY.get(str(get(props, "instanceMarketOptions.marketType")), "")
    return market or ("" if get(props, _RESERVED) is None else "reserved")


def _instance(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    kind = _bought(props) or "on-demand"
    return _machines(get(props, "instanceType"), "instanceType", _ONE, kind, place)


def _node_group(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    """A pool: its machines and their disks, whether the pool or its launch template names them."""
    nodes = span(
        number(props, "scalingConfig.minSize", 0),
        number(props, "scalingConfig.desiredSize", 0),
        number(props, "scalingConfig.maxSize", 0),
    )
    if nodes is None:
        return (Undecided("machines of the pool", "scalingConfig"),)
    kind = _CAPACITY.get(str(get(props, "capacityType"))) or _from_templates(place)
    named = [found.value for found in find(props, "instanceTypes[*]")]
    names = named or [one.machine for one in place.templates if one.machine is not None]
    if not names:
        return (Undecided("machines of the pool", "instanceTypes"),)
    options = [_machines(name, "instanceTypes", nodes, kind, place) for name in names]
    return (*max(options, key=_weight), *_disks(props, nodes, place))


def _machines(name: Value, path: str, nodes: Span, kind: str, place: Place) -> tuple[Line, ...]:
    if not isinstance(name, str):
        return (Undecided("machines", path),)
    return (charge("aws", name, place, nodes, kind),)


def _from_templates(place: Place) -> str:
    """Of a pool that is not bought otherwise itself its template says it, if all that it may use say the same."""
    kinds = {one.kind for one in place.templates}
    return (kinds.pop() if len(kinds) == 1 else "") or "on-demand"


def _weight(lines: tuple[Line, ...]) -> float:
    """Of several machines that a pool may use, the one that is not known or costs most counts."""
    line = lines[0]
    if isinstance(line, Undecided):
        return float("inf")
    if isinstance(line, Unpriced):
        return line.guide.expected if line.guide else float("inf")
    return line.monthly.expected if isinstance(line, Priced) else 0.0


def _disks(props: Mapping[str, Value], nodes: Span, place: Place) -> tuple[Line, ...]:
    size = get(props, "diskSize")
    if size is not None:
        return (_volume_of("gp3", size, nodes, place, "diskSize"),)
    dearest = max(
        place.templates,
        key=lambda one: sum(_gigabytes(size) for _, size in one.disks),
        default=Template(None),
    )
    return tuple(_volume_of(kind, size, nodes, place, "blockDeviceMappings") for kind, size in dearest.disks)


def _gigabytes(size: Value) -> float:
    return 0.0 if size is None or isinstance(size, Unknown) else float(size)


def _volume_of(kind: str | Unknown, size: Value, count: Span, place: Place, path: str) -> Line:
    if isinstance(kind, Unknown) or isinstance(size, Unknown) or size is None:
        return Undecided("EBS volume", path)
    sku = "EBS io2 storage" if kind == "io2" else f"EBS {kind}"
    return charge("aws", sku, place, count.times(float(size)))


def _volume(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    return (_volume_of(text(props, "type", "gp3"), get(props, "size"), _ONE, place, "size"),)


def _lustre(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    size, speed = number(props, "storageCapacity", 0), number(props, "perUnitStorageThroughput", 0)
    if isinstance(size, Unknown) or isinstance(speed, Unknown):
        return (Undecided("FSx for Lustre", "storageCapacity"),)
    return (charge("aws", f"FSx for Lustre {speed:g} MB/s/TiB", place, Span.exactly(size)),)


def _port(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    width = get(props, "bandwidth")
    if width is UNKNOWN:
        return (Undecided("Direct Connect port", "bandwidth"),)
    return (
        charge("aws", _PORTS.get(str(width), f"Direct Connect {width} port"), place, _ONE),
        metered("aws", "Direct Connect data out", place),
    )


def _hosted(_props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    """AWS charges the hours of a connection by its speed, which the carrier set and no input says."""
    told = "its price goes by the speed that the carrier sold, which no input says"
    return (
        Unpriced("Direct Connect hosted connection", told),
        metered("aws", "Direct Connect data out", place),
    )


def _endpoint(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    if get(props, "vpcEndpointType") not in {"Interface", "GatewayLoadBalancer"}:
        return ()  # a gateway endpoint is not charged
    zones = [found.value for found in find(props, "subnetIds[*]")]  # one subnet a zone, and each is paid
    return (
        charge("aws", "VPC interface endpoint", place, Span.exactly(len(zones) or 1)),
        metered("aws", "VPC interface endpoint data processed", place),
    )


def _trail(_props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    return (metered("aws", "CloudTrail data events", place),)


def _one(sku: str, *uses: str) -> "_Estimator":
    return _Estimator(sku, uses)


class _Estimator:
    """One unit of something all month, and what is paid by use beside it."""

    def __init__(self, sku: str, uses: tuple[str, ...]) -> None:
        self.sku, self.uses = sku, uses

    def __call__(self, _props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
        fixed = (charge("aws", self.sku, place, _ONE),) if self.sku else ()
        return (*fixed, *(metered("aws", use, place) for use in self.uses))


ESTIMATORS: Mapping[str, Estimator] = {
    "aws:ec2/instance:Instance": _instance,
    "aws:eks/nodeGroup:NodeGroup": _node_group,
    "aws:eks/cluster:Cluster": _one("EKS control plane"),
    "aws:ebs/volume:Volume": _volume,
    "aws:fsx/lustreFileSystem:LustreFileSystem": _lustre,
    "aws:s3/bucket:Bucket": _one("", "S3 Standard"),
    "aws:kms/key:Key": _one("KMS customer key", "KMS requests"),
    "aws:kms/replicaKey:ReplicaKey": _one("KMS customer key", "KMS requests"),
    "aws:ec2/natGateway:NatGateway": _one("NAT gateway", "NAT gateway data processed"),
    "aws:ec2/eip:Eip": _one("public IPv4 address"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:lb/loadBalancer:LoadBalancer": _one("load balancer", "load balancer capacity unit"),
    "aws:directconnect/connection:Connection": _port,
    "aws:directconnect/connectionConfirmation:ConnectionConfirmation": _hosted,
    "aws:ec2/vpnConnection:VpnConnection": _one("VPN connection"),
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": _one(
        "Transit gateway attachment", "Transit gateway data processed"
    ),
    "aws:cloudwatch/logGroup:LogGroup": _one("", "CloudWatch logs ingested"),
    "aws:cloudtrail/trail:Trail": _trail,
    "aws:sqs/queue:Queue": _one("", "SQS requests"),
    "aws:sns/topic:Topic": _one("", "SNS requests"),
    "aws:secretsmanager/secret:Secret": _one("secret"),
    "aws:ecr/repository:Repository": _one("", "ECR storage"),
    "aws:backup/vault:Vault": _one("", "backup storage"),
}
"""By type token."""
