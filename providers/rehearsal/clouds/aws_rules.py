"""What AWS refuses of properties together, and of resources together."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from providers.base.errors import Problem, nearest
from providers.base.values import UNKNOWN, Bag, Path
from providers.rehearsal.clouds import aws_buckets, aws_keys, aws_nodes

if TYPE_CHECKING:
    from providers.rehearsal.account import Account

_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_GROUP, _ENTRY = "aws:eks/nodeGroup:NodeGroup", "aws:eks/accessEntry:AccessEntry"
_ACCEPTED = "aws:directconnect/connectionConfirmation:ConnectionConfirmation"
_SESSION = "aws:directconnect/transitVirtualInterface:TransitVirtualInterface"
_BUNDLED = "aws:directconnect/connectionAssociation:ConnectionAssociation"
_SIZES = {
    "aws:iam/role:Role": ("assumeRolePolicy", 4096),
    "aws:iam/rolePolicy:RolePolicy": ("policy", 10_240),
    "aws:kms/key:Key": ("policy", 32_768),
    "aws:kms/replicaKey:ReplicaKey": ("policy", 32_768),
    "aws:s3/bucketPolicy:BucketPolicy": ("policy", 20_480),
}
"""How long a policy may be, in characters that are no white space (quotas of IAM and KMS, S3 user guide)."""

_ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
Rule = Callable[["Account", Bag], Iterator[Problem]]


def check(account: "Account", token: str, inputs: Bag) -> Iterator[Problem]:
    """Find what is wrong with inputs that are each right by themselves."""
    if token in _SIZES:
        yield from _size(inputs, *_SIZES[token])
    if token in _RULES:
        yield from _RULES[token](account, inputs)


def actions(statement: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Refuse actions that are not written service:Name (IAM guide, policy grammar)."""
    for key in ("Action", "NotAction"):
        given = statement.get(key) or []
        for action in given if isinstance(given, list) else [given]:
            if not _ACTION.fullmatch(str(action)):
                yield Problem((*path, key), f"MalformedPolicyDocument: {action!r} is not service:Name")


def collision(account: "Account", token: str, inputs: Bag) -> str:
    """Refuse a resource beside one that is there; empty when nothing is in its way."""
    return _COLLISIONS[token](account, inputs) if token in _COLLISIONS else ""


def _entered(account: "Account", inputs: Bag) -> str:
    """Refuse an access entry for the role of a managed node group: EKS made one with the group.

    EKS guide, "Creating access entries": one entry a principal, and those of managed groups come by themselves.
    """
    for group in account.of_type(_GROUP):
        same = ("clusterName", "clusterName"), ("nodeRoleArn", "principalArn")
        if all(group.inputs.get(theirs) == inputs.get(ours) for theirs, ours in same):
            arn = inputs.get("principalArn")
            return f"ResourceInUseException: the node group {group.id} has brought an access entry for {arn}"
    return ""


def _carried(account: "Account", inputs: Bag) -> str:
    """Refuse a second interface on a hosted connection (Direct Connect guide, virtual interfaces: it has one)."""
    line = inputs.get("connectionId")
    hosted = any(one.id == line for one in account.of_type(_ACCEPTED))
    taken = [one.id for one in account.of_type(_SESSION) if one.inputs.get("connectionId") == line]
    if not hosted or not taken:
        return ""
    return f"DirectConnectClientException: the hosted connection {line} has its one interface, {taken[0]}"


def _bundled(account: "Account", inputs: Bag) -> str:
    """Refuse a port that asked for MACsec in a bundle, which the provider cannot ask it for, and one too many.

    Threads terraform-provider-aws #36693, #47663; two ports of 100 Gbps and more, else four (Direct Connect guide,
    link aggregation groups).
    """
    line, bundle = inputs.get("connectionId"), inputs.get("lagId")
    port = account.owner(str(line))
    given = port.inputs if port else {}
    if given.get("requestMacsec"):
        return f"DirectConnectClientException: Connection {line} and lag should be requested MacSec at the same time"
    most = 2 if given.get("bandwidth") in {"100Gbps", "400Gbps"} else 4
    there = [one for one in account.of_type(_BUNDLED) if one.inputs.get("lagId") == bundle]
    return f"DirectConnectClientException: {bundle} has {most} ports already" if len(there) >= most else ""


_COLLISIONS: Mapping[str, Callable[["Account", Bag], str]] = {
    _ENTRY: _entered,
    _SESSION: _carried,
    _BUNDLED: _bundled,
    aws_buckets.MIRROR: aws_buckets.mirrored,
    aws_buckets.POLICY: aws_buckets.mirrored,
    aws_buckets.REPLICATION: aws_buckets.copied,
    aws_keys.CLUSTER: aws_keys.granted,
    _GROUP: aws_nodes.joined,
}


def _size(inputs: Bag, name: str, most: int) -> Iterator[Problem]:
    text = inputs.get(name)
    if isinstance(text, str) and (length := len(re.sub(r"\s", "", text))) > most:
        yield Problem((name,), f"LimitExceeded: {length} characters; a policy here has at most {most}")


def _template(_: "Account", inputs: Bag) -> Iterator[Problem]:
    """EC2 API, RequestLaunchTemplateData."""
    wires = inputs.get("networkInterfaces") or []
    if wires and inputs.get("vpcSecurityGroupIds"):
        text = "InvalidParameterCombination: with networkInterfaces, security groups stand in each of them"
        yield Problem(("vpcSecurityGroupIds",), text)
    for index, wire in enumerate(wires):
        if len(wires) > 1 and wire.get("associatePublicIpAddress") in (True, "true"):
            text = "InvalidParameterCombination: a machine of several interfaces takes no public address at its start"
            yield Problem(("networkInterfaces", index, "associatePublicIpAddress"), text)
    places = [(wire.get("networkCardIndex", 0), wire.get("deviceIndex")) for wire in wires]
    for index, place in enumerate(places):
        if place in places[:index] and UNKNOWN not in place:
            text = f"InvalidParameterValue: card {place[0]} has a device {place[1]} already"
            yield Problem(("networkInterfaces", index, "deviceIndex"), text)


def _node_group(account: "Account", inputs: Bag) -> Iterator[Problem]:
    yield from _scaling(inputs.get("scalingConfig") or {})
    wanted = inputs.get("launchTemplate") or {}
    template = account.owner(str(wanted.get("id"))) if isinstance(wanted, Mapping) else None
    if template is None or template.token != _TEMPLATE:
        return
    # EKS API, LaunchTemplateSpecification; EKS guide, "Launch template configuration basics"
    given = template.inputs
    if any(wire.get("subnetId") for wire in given.get("networkInterfaces") or []):
        yield Problem(
            ("launchTemplate",), "InvalidParameterException: the launch template must not name a subnet"
        )
    for name, prohibited in _PROHIBITED.items():
        if (value := given.get(name)) is not None and prohibited(value):
            text = f"InvalidParameterException: the launch template must not set {name} to {value!r}"
            yield Problem(("launchTemplate",), text)
    for mine, theirs in (("instanceTypes", "instanceType"), ("diskSize", "blockDeviceMappings")):
        if inputs.get(mine) and given.get(theirs):
            text = (
                f"InvalidParameterException: the launch template sets {theirs}; the group must not set {mine}"
            )
            yield Problem((mine,), text)


_PROHIBITED: Mapping[str, Callable[[Any], bool]] = {
    "iamInstanceProfile": bool,
    "hibernationOptions": bool,
    "instanceInitiatedShutdownBehavior": lambda value: value == "terminate",
    "instanceMarketOptions": lambda value: value.get("marketType") == "spot",
}


def _scaling(given: Bag) -> Iterator[Problem]:
    sizes = [given.get(name) for name in ("minSize", "desiredSize", "maxSize")]
    known = [size for size in sizes if isinstance(size, int | float)]
    if known != sorted(known):
        yield Problem(("scalingConfig",), "InvalidParameterException: minSize <= desiredSize <= maxSize")


def _lustre(_: "Account", inputs: Bag) -> Iterator[Problem]:
    """FSx API, CreateFileSystem: sizes of persistent file systems on SSD, and what goes with which deployment."""
    kind, size = inputs.get("deploymentType"), inputs.get("storageCapacity")
    if kind == "PERSISTENT_2" and isinstance(size, int | float) and size != 1200 and size % 2400:
        yield Problem(
            ("storageCapacity",), f"BadRequest: {size:g} GiB is neither 1200 nor a multiple of 2400"
        )
    if kind == "PERSISTENT_2" and inputs.get("storageType", "SSD") == "SSD":
        speed, offered = inputs.get("perUnitStorageThroughput"), (125, 250, 500, 1000)
        if isinstance(speed, int | float) and speed not in offered:
            text = f"BadRequest: {speed:g} MB/s per TiB; PERSISTENT_2 offers {', '.join(map(str, offered))}"
            yield Problem(("perUnitStorageThroughput",), text)
    elif kind is not None and kind is not UNKNOWN and inputs.get("metadataConfiguration"):
        yield Problem(("metadataConfiguration",), "BadRequest: PERSISTENT_2 alone has it")


def _lifecycle(_: "Account", inputs: Bag) -> Iterator[Problem]:
    """S3 API, PutBucketLifecycleConfiguration: ids once, tiers in time, an end after the last tier."""
    seen: set[Any] = set()
    for index, rule in enumerate(inputs.get("rules") or []):
        if rule.get("id") in seen:
            yield Problem(("rules", index, "id"), f"InvalidArgument: {rule['id']!r} is another rule's id")
        seen.add(rule.get("id"))
        days = [move.get("days") or 0 for move in rule.get("transitions") or []]
        for at, move in enumerate(rule.get("transitions") or []):
            if move.get("storageClass") in {"STANDARD_IA", "ONEZONE_IA"} and (move.get("days") or 0) < 30:
                text = "InvalidArgument: objects stay 30 days before they go to STANDARD_IA or ONEZONE_IA"
                yield Problem(("rules", index, "transitions", at, "days"), text)
        end = (rule.get("expiration") or {}).get("days")
        if end and days and end <= max(days):
            text = "InvalidArgument: expiration comes after every transition"
            yield Problem(("rules", index, "expiration", "days"), text)


def _port(_: "Account", inputs: Bag) -> Iterator[Problem]:
    """Direct Connect guide, MAC security: dedicated ports of 10 Gbps and more."""
    if inputs.get("requestMacsec") and inputs.get("bandwidth") not in {
        "10Gbps",
        "100Gbps",
        "400Gbps",
        UNKNOWN,
    }:
        hint = nearest(str(inputs.get("bandwidth")), ["10Gbps", "100Gbps", "400Gbps"])
        yield Problem(("requestMacsec",), f"no port of {inputs.get('bandwidth')} has MACsec{hint}")


_RULES: Mapping[str, Rule] = {
    _TEMPLATE: _template,
    _GROUP: _node_group,
    "aws:fsx/lustreFileSystem:LustreFileSystem": _lustre,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _lifecycle,
    "aws:directconnect/connection:Connection": _port,
}
