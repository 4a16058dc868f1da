"""Answers to AWS data sources that stacks use."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from providers.base.errors import ProviderError
from providers.base.values import Bag
from providers.rehearsal.schema.source import SourceFile

if TYPE_CHECKING:
    from providers.rehearsal.cloud import Cloud, Settings

CERTIFICATE = base64.b64encode(
    b"-----BEGIN CERTIFICATE-----\nREHEARSAL\n-----END CERTIFICATE-----\n"
).decode()
"""What a rehearsed cluster shows as its certificate authority: well formed, and no certificate."""

_DIRECTIONS = {
    "north": "n", "south": "s", "east": "e", "west": "w", "central": "c",
    "northeast": "ne", "southeast": "se", "northwest": "nw", "southwest": "sw",
}  # fmt: skip


def zones(cloud: "Cloud", region: str) -> list[str]:
    """The names of a region's availability zones."""
    return [region + letter for letter in cloud.table.facts["zones"].get(region, "abc")]


def zone_id(zone: str) -> str:
    """The zone id, such as `euw1-az1` for `eu-west-1a`."""
    head, _, tail = zone.partition("-")
    direction, _, rest = tail.partition("-")
    number, letter = (rest[:-1], rest[-1:]) if rest else ("", "a")
    return f"{head}{_DIRECTIONS.get(direction, direction)}{number}-az{ord(letter or 'a') - ord('a') + 1}"


@cache
def managed_policies(root: Path) -> tuple[Any, ...]:
    """ARNs of AWS-managed policies that the SDK lists."""
    return SourceFile(root / "iam" / "_enums.py").enum("ManagedPolicy") or ()


def _caller(cloud: "Cloud", args: Bag, settings: "Settings") -> Bag:
    del cloud, args
    account, partition = settings.texts["account"], settings.texts["partition"]
    arn = f"arn:{partition}:iam::{account}:user/rehearsal"
    return {"accountId": account, "arn": arn, "id": account, "userId": "AIDAREHEARSAL00000000"}


def _zones(cloud: "Cloud", args: Bag, settings: "Settings") -> Bag:
    region = args.get("region") or settings.texts["region"]
    excluded = {*(args.get("excludeNames") or []), *(args.get("excludeZoneIds") or [])}
    names = [name for name in zones(cloud, region) if name not in excluded and zone_id(name) not in excluded]
    ids = [zone_id(name) for name in names]
    return {**args, "id": region, "region": region, "names": names, "zoneIds": ids, "groupNames": [region]}


def _region(cloud: "Cloud", args: Bag, settings: "Settings") -> Bag:
    del cloud
    region = args.get("region") or settings.texts["region"]
    endpoint = f"ec2.{region}.amazonaws.com"
    return {"id": region, "region": region, "name": region, "description": region, "endpoint": endpoint}


def _partition(cloud: "Cloud", args: Bag, settings: "Settings") -> Bag:
    del cloud, args
    name = settings.texts["partition"]
    return {"id": name, "partition": name, "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _image(cloud: "Cloud", args: Bag, settings: "Settings") -> Bag:
    """An image id that stays the same for the same question, as a pinned release does."""
    del cloud
    question = json.dumps([args.get("filters"), args.get("owners"), args.get("nameRegex")], sort_keys=True)
    id_ = "ami-" + hashlib.sha256((question + settings.texts["region"]).encode()).hexdigest()[:17]
    arn = f"arn:{settings.texts['partition']}:ec2:{settings.texts['region']}::image/{id_}"
    known = {
        "id": id_,
        "imageId": id_,
        "arn": arn,
        "name": id_,
        "architecture": "x86_64",
        "state": "available",
    }
    return {
        **args,
        **known,
        "rootDeviceName": "/dev/xvda",
        "blockDeviceMappings": [],
        "tags": {},
        "productCodes": [],
    }


def _parameter(cloud: "Cloud", args: Bag, settings: "Settings") -> Bag:
    """Public parameters of AWS: image ids. A parameter of the account itself must have been made."""
    name = str(args.get("name"))
    if name.startswith("/aws/service/") and name.endswith(
        ("image_id", "recommended", "image-id", "release_version")
    ):
        image = "ami-" + hashlib.sha256((name + settings.texts["region"]).encode()).hexdigest()[:17]
        value = image if "release_version" not in name else "1.34.1-20261101"
        arn = f"arn:{settings.texts['partition']}:ssm:{settings.texts['region']}::parameter{name}"
        return {
            **args,
            "id": name,
            "arn": arn,
            "type": "String",
            "value": value,
            "insecureValue": value,
            "version": 1,
        }
    record = cloud.account.named("aws:ssm/parameter:Parameter", name)
    if record is None:
        raise ProviderError(f"ParameterNotFound: {name}")
    return {**record.outputs, "id": name, "name": name}


def _cluster_auth(cloud: "Cloud", args: Bag, settings: "Settings") -> Bag:
    """A token that opens nothing."""
    del cloud, settings
    return {"id": args["name"], "name": args["name"], "token": "k8s-aws-v1.cmVoZWFyc2Fs"}


def _cluster(cloud: "Cloud", args: Bag, settings: "Settings") -> Bag:
    del settings
    return {**_existing(cloud, "aws:eks/cluster:Cluster", str(args["name"])), "id": args["name"]}


def _vpc(cloud: "Cloud", args: Bag, settings: "Settings") -> Bag:
    del settings
    return {**_existing(cloud, "aws:ec2/vpc:Vpc", str(args["id"])), "id": args["id"], "state": "available"}


def _existing(cloud: "Cloud", token: str, id_: str) -> Bag:
    record = cloud.account.named(token, id_)
    if record is None:
        raise ProviderError(
            f"ResourceNotFoundException: no {token.rpartition(':')[2]} {id_!r} in the rehearsal's account"
        )
    return {**record.outputs}


def _policy_document(cloud: "Cloud", args: Bag, settings: "Settings") -> Bag:
    """Write statements as IAM's JSON, as the provider does without asking AWS."""
    del cloud, settings
    statements = [_statement(statement) for statement in args.get("statements") or []]
    document = {"Version": args.get("version") or "2012-10-17", "Statement": statements}
    if args.get("policyId"):
        document["Id"] = args["policyId"]
    text = json.dumps(document, indent=2)
    id_ = str(int(hashlib.sha256(text.encode()).hexdigest()[:8], 16))
    return {**args, "id": id_, "json": text, "minifiedJson": json.dumps(document, separators=(",", ":"))}


def _statement(given: Bag) -> Bag:
    parts: Bag = {"Effect": given.get("effect") or "Allow"}
    if given.get("sid"):
        parts["Sid"] = given["sid"]
    for key in ("actions", "notActions", "resources", "notResources"):
        if given.get(key):
            parts[key[:-1][0].upper() + key[1:-1]] = _one_or_many(given[key])
    for key in ("principals", "notPrincipals"):
        if given.get(key):
            parts[key[:-1][0].upper() + key[1:-1]] = _principals(given[key])
    if given.get("conditions"):
        parts["Condition"] = _conditions(given["conditions"])
    return parts


def _principals(given: Sequence[Bag]) -> Any:
    if any(principal["type"] == "*" for principal in given):
        return "*"
    return {principal["type"]: _one_or_many(principal["identifiers"]) for principal in given}


def _conditions(given: Sequence[Bag]) -> Bag:
    found: dict[str, Bag] = {}
    for condition in given:
        found.setdefault(condition["test"], {})[condition["variable"]] = _one_or_many(condition["values"])
    return found


def _one_or_many(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else list(values)


ANSWERS: Mapping[str, Any] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:ec2/getAmi:getAmi": _image,
    "aws:ssm/getParameter:getParameter": _parameter,
    "aws:eks/getClusterAuth:getClusterAuth": _cluster_auth,
    "aws:eks/getCluster:getCluster": _cluster,
    "aws:ec2/getVpc:getVpc": _vpc,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
}
"""Data source token to its answer."""
