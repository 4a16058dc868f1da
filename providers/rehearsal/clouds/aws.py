"""The stand-in for AWS: ids, ARNs and zones, references, CIDR blocks, policies."""

import ipaddress
import json
import re
from collections.abc import Iterator
from typing import Any

from providers.base.errors import Problem, listed, nearest
from providers.base.values import UNKNOWN, Bag, Path, leaves, plain
from providers.rehearsal.account import Record
from providers.rehearsal.cloud import Cloud, Made, Settings
from providers.rehearsal.clouds import aws_lookups, aws_rules
from providers.rehearsal.fill import Filler, stand_in
from providers.rehearsal.schema import Property, Scalar
from providers.rehearsal.table import Row

ACCOUNT = "123456789012"
"""AWS's own example account number, so that nobody takes a rehearsal for real."""

_ID = re.compile(r"([a-z]+(?:-[a-z]+)*-)([0-9a-f]{17}|[0-9a-f]{8})")
_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>[\w-]+):(?P<region>[\w-]*):(?P<account>\d*|aws):(?P<rest>.+)"
)
_VPC, _SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
_MORE_CIDRS = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
_POLICY_PROPERTIES = {"policy", "assumeRolePolicy", "inlinePolicy"}


class Aws(Cloud):
    """One AWS account, in as many regions as the stack's providers name."""

    package = "aws"
    exists_error = "EntityAlreadyExists"
    invokes = aws_lookups.ANSWERS

    # Configuration.

    def configure(self, config: Bag) -> Settings:
        """Region from the provider, else the one the SDK's own default names."""
        given = plain(config)
        region = given.get("region")
        region = region if isinstance(region, str) else "us-east-1"
        tags = given.get("defaultTags") or {}
        tags = json.loads(tags) if isinstance(tags, str) else tags
        given["defaultTags"] = tags.get("tags") or {} if isinstance(tags, dict) else {}
        return Settings(
            {"region": region, "account": ACCOUNT, "partition": _partition(region), "eks_version": "1.34"},
            given,
        )

    def place(self, token: str, bag: Bag, settings: Settings) -> str:
        """The region, or nothing for what is unique in the account."""
        if self.table.row(token).anywhere:
            return ""
        region = bag.get("region")
        return region if isinstance(region, str) and region else settings.texts["region"]

    # Ids and computed values.

    def filler(self, token: str, urn_name: str, inputs: Bag, settings: Settings) -> Filler:
        """Add what AWS templates ask for."""
        filler = super().filler(token, urn_name, inputs, settings)
        given = plain(inputs)
        region = self.place(token, given, settings) or settings.texts["region"]
        zone = str(given.get("availabilityZone") or f"{region}a")
        filler.learn("region", region)
        filler.learn("zone_id", aws_lookups.zone_id(zone))
        filler.learn("role_path", given.get("path") or "/")
        filler.learn("policy_path", given.get("path") or "/")
        filler.learn("oidc_host", str(given.get("url", "")).removeprefix("https://"))
        filler.learn("certificate", aws_lookups.CERTIFICATE)
        return filler

    def invent(self, token: str, wanted: Property, filler: Filler) -> Any:
        """Fill the properties that almost every type has; an optional input that the program left out is empty."""
        service, _, kind = token.split(":")[1].partition("/")
        match wanted.name:
            case "arn":
                return filler.fill(
                    f"arn:{{partition}}:{service}:{{region}}:{{account}}:{kind.lower()}/{{id}}"
                )
            case "region":
                return filler.fill("{region}")
            case "ownerId" | "accountId" | "ownerAccountId":
                return filler.fill("{account}")
        if wanted.name in self.resource(token).inputs and wanted.type == Scalar("string"):
            return ""
        return stand_in(wanted.name, wanted.type)

    def computed(self, token: str, row: Row, inputs: Bag, filler: Filler) -> Bag:
        """Tell a NAT gateway its network, and an endpoint the name that it answers to."""
        found = super().computed(token, row, inputs, filler)
        if token == "aws:ec2/vpcEndpoint:VpcEndpoint" and inputs.get("vpcEndpointType") == "Interface":
            # PrivateLink guide, "Endpoint-specific DNS names"; those of S3 begin with an asterisk (S3 user guide)
            service = str(plain(inputs["serviceName"])).split(".", 3)[3]
            name = filler.fill(f"{{id}}-{{hex8}}.{service}.{{region}}.vpce.amazonaws.com")
            entry = {
                "dnsName": f"*.{name}" if service == "s3" else name,
                "hostedZoneId": filler.fill("Z{hex12}"),
            }
            found["dnsEntries"] = [entry]
        if token == "aws:ec2/natGateway:NatGateway" and isinstance(inputs.get("subnetId"), str):
            owner = self.account.owner(inputs["subnetId"])
            found["vpcId"] = owner.outputs.get("vpcId", "") if owner else ""
        if token == "aws:eks/cluster:Cluster" and (subnets := found["vpcConfig"].get("subnetIds")):
            owner = self.account.owner(subnets[0])
            found["vpcConfig"]["vpcId"] = owner.outputs.get("vpcId", "") if owner else ""
        return found

    def identifiers(self, id_: str, outputs: Bag) -> tuple[str, ...]:
        """The id, the ARN, and every further id that came with the resource, such as a VPC's main route table."""
        texts = [value for _, value in leaves(outputs) if isinstance(value, str)]
        prefixes = tuple(self.table.facts["issued"])
        own = [
            text
            for text in texts
            if (found := _ID.fullmatch(text)) and found[1] in prefixes and not self.account.owner(text)
        ]
        arn = outputs.get("arn")
        return (id_, *own, *([arn] if isinstance(arn, str) else []))

    def make(self, token: str, urn_name: str, inputs: Bag, settings: Settings) -> Made:
        """Add the provider's default tags to all tags."""
        made = super().make(token, urn_name, inputs, settings)
        if "tagsAll" in made.outputs:
            made.outputs["tagsAll"] = _all_tags(inputs, settings)
        return made

    def update(self, record: Record, outputs: Bag, inputs: Bag, settings: Settings) -> Bag:
        """Bring computed tags and versions along."""
        changed = super().update(record, outputs, inputs, settings)
        if "tagsAll" in changed:
            changed["tagsAll"] = _all_tags(inputs, settings)
        if record.token == "aws:ec2/launchTemplate:LaunchTemplate":
            changed["latestVersion"] = int(record.outputs.get("latestVersion", 1)) + 1
            if inputs.get("updateDefaultVersion"):
                changed["defaultVersion"] = changed["latestVersion"]
        return changed

    def removed(self, record: Record) -> int:
        """A deleted cluster takes its Kubernetes objects along."""
        endpoint = record.outputs.get("endpoint")
        return self.account.empty_place(endpoint) if isinstance(endpoint, str) and endpoint else 0

    # Rules.

    def reference(self, path: Path, value: str) -> Iterator[Problem]:
        """Refuse ids and ARNs of this account that were never issued."""
        wanted = self.table.facts["id_of"].get(next((s for s in reversed(path) if isinstance(s, str)), ""))
        if wanted and value and not value.startswith(wanted):
            yield Problem(path, f"{value!r} is not an id of the form {wanted}0123456789abcdef0")
        elif found := _ID.fullmatch(value):
            yield from self._id(path, value, found[1])
        elif arn := _ARN.fullmatch(value):
            yield from self._arn(path, value, arn)

    def _id(self, path: Path, value: str, prefix: str) -> Iterator[Problem]:
        if prefix in self.table.facts["issued"] and not self.account.owner(value):
            others = self.account.issued_like(prefix)[:5]
            yield Problem(
                path, f"{value!r} was never issued; the account has {', '.join(others) or 'none of the kind'}"
            )

    def _arn(self, path: Path, value: str, arn: re.Match[str]) -> Iterator[Problem]:
        if arn["account"] == "aws" and arn["service"] == "iam":
            yield from self._managed_policy(path, value)
        if arn["account"] != ACCOUNT or _exists_anyway(arn):
            return
        base = re.sub(r"(:\*|/\*)$", "", value)
        if not (self.account.owner(value) or self.account.owner(base)):
            others = self.account.issued_like(value[: value.rindex(":") + 1])
            hint = nearest(value, others)
            yield Problem(path, f"{value!r} was never issued in this account{hint}")

    def _managed_policy(self, path: Path, value: str) -> Iterator[Problem]:
        """Refuse a slip in the name of a managed policy; a name that is merely newer than the SDK passes."""
        known = [str(name) for name in aws_lookups.managed_policies(self.sdk.root)]
        if value not in known and (hint := nearest(value, known)) and _one_letter_off(value, hint):
            yield Problem(path, f"{value!r} is no managed policy of AWS{hint}")

    def rules(self, token: str, inputs: Bag, settings: Settings) -> Iterator[Problem]:
        """Zones, CIDR blocks, policy documents, and what does not go together."""
        yield from aws_rules.check(self.account, token, inputs)
        yield from self._zones(token, inputs, settings)
        yield from self._documents(inputs)
        if token == _VPC:
            yield from _block(inputs, "cidrBlock")
        if token == _SUBNET:
            yield from self._subnet(inputs)

    def _zones(self, token: str, inputs: Bag, settings: Settings) -> Iterator[Problem]:
        zone = inputs.get("availabilityZone")
        region = self.place(token, inputs, settings)
        if isinstance(zone, str) and region and re.fullmatch(r"[a-z]+(-[a-z]+)+-\d[a-z]", zone):
            allowed = aws_lookups.zones(self, region)
            if zone not in allowed:
                yield Problem(
                    ("availabilityZone",), f"{zone!r} is not a zone of {region}; allowed: {listed(allowed)}"
                )

    def _documents(self, inputs: Bag) -> Iterator[Problem]:
        for name in _POLICY_PROPERTIES & inputs.keys():
            value = inputs[name]
            if not isinstance(value, str) or not value:
                continue
            try:
                document = json.loads(value)
            except ValueError as error:
                yield Problem((name,), f"MalformedPolicyDocument: not JSON ({error})")
                continue
            yield from _policy(document, (name,))

    def _subnet(self, inputs: Bag) -> Iterator[Problem]:
        """EC2 API, CreateSubnet: of size /16 to /28, and inside the VPC's blocks (InvalidSubnet.Range)."""
        failures = list(_block(inputs, "cidrBlock"))
        vpc, block = inputs.get("vpcId"), inputs.get("cidrBlock")
        if failures or vpc is UNKNOWN or not isinstance(vpc, str) or not isinstance(block, str):
            yield from failures
            return
        own, blocks = ipaddress.ip_network(block), self._blocks(vpc)
        if blocks and not any(own.subnet_of(outer) for outer in blocks):  # type: ignore[arg-type]  # both are version 4
            yield Problem(
                ("cidrBlock",),
                f"InvalidSubnet.Range: {block} is outside of the VPC's {', '.join(map(str, blocks))}",
            )

    def collision(self, token: str, inputs: Bag) -> str:
        """Refuse a subnet over another one's addresses when it is made, not before: the old one may go first."""
        if told := aws_rules.collision(self.account, token, inputs):
            return told
        vpc, block = inputs.get("vpcId"), inputs.get("cidrBlock")
        if token != _SUBNET or not isinstance(block, str):
            return ""
        own = ipaddress.IPv4Network(block)
        for other in self.account.of_type(_SUBNET):
            text = other.inputs.get("cidrBlock")
            if (
                other.inputs.get("vpcId") == vpc
                and isinstance(text, str)
                and own.overlaps(ipaddress.IPv4Network(text))
            ):
                return f"InvalidSubnet.Conflict: {block} overlaps with {text} of {other.id}"
        return ""

    def _blocks(self, vpc: str) -> list[ipaddress.IPv4Network]:
        owner = self.account.owner(vpc)
        more = [
            r.inputs.get("cidrBlock")
            for r in self.account.of_type(_MORE_CIDRS)
            if r.inputs.get("vpcId") == vpc
        ]
        texts = [owner.inputs.get("cidrBlock") if owner else None, *more]
        return [ipaddress.IPv4Network(text) for text in texts if isinstance(text, str)]


def _all_tags(inputs: Bag, settings: Settings) -> Bag:
    return {**settings.bag.get("defaultTags", {}), **(inputs.get("tags") or {})}


def _partition(region: str) -> str:
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


_ALWAYS_THERE = (
    "role/aws-service-role/",
    "role/aws-reserved/",
    "alias/aws/",
    "assumed-role/",
    "capacity-reservation",
)
"""How the resource part of an ARN begins that exists before any stack."""


def _exists_anyway(arn: re.Match[str]) -> bool:
    """What every account has without making it: its root, service-linked roles, AWS-managed aliases, sessions."""
    rest = arn["rest"]
    return (
        rest == "root" or rest.startswith(_ALWAYS_THERE) or "*" in rest.removesuffix(":*").removesuffix("/*")
    )


def _one_letter_off(value: str, hint: str) -> bool:
    near = hint.rpartition("mean ")[2].strip("?'")
    return abs(len(near) - len(value)) <= 1 and sum(a != b for a, b in zip(near, value, strict=False)) <= 2


def _block(inputs: Bag, name: str) -> Iterator[Problem]:
    """EC2 API, CreateVpc and CreateSubnet: a network address of size /16 to /28."""
    text = inputs.get(name)
    if not isinstance(text, str):
        return
    try:
        block = ipaddress.IPv4Network(text)
    except ValueError as error:
        yield Problem((name,), f"{text!r} is not a CIDR block: {error}")
        return
    if not 16 <= block.prefixlen <= 28:
        yield Problem((name,), f"{text!r} is of size /{block.prefixlen}; allowed: /16 to /28")


def _policy(document: Any, path: Path) -> Iterator[Problem]:
    """The grammar of policies: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html."""
    if not isinstance(document, dict):
        yield Problem(path, "MalformedPolicyDocument: a policy is an object")
        return
    for key in document.keys() - {"Version", "Id", "Statement"}:
        yield Problem(
            path,
            f"MalformedPolicyDocument: unknown key {key!r}{nearest(key, ['Version', 'Id', 'Statement'])}",
        )
    if document.get("Version", "2012-10-17") not in ("2012-10-17", "2008-10-17"):
        yield Problem(
            path, f"MalformedPolicyDocument: Version {document['Version']!r} is not 2012-10-17 or 2008-10-17"
        )
    statements = document.get("Statement", [])
    for index, statement in enumerate(statements if isinstance(statements, list) else [statements]):
        yield from _statement(statement, (*path, "Statement", index))


_STATEMENT = (
    "Sid",
    "Principal",
    "NotPrincipal",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


def _statement(statement: Any, path: Path) -> Iterator[Problem]:
    if not isinstance(statement, dict):
        yield Problem(path, "MalformedPolicyDocument: a statement is an object")
        return
    for key in sorted(statement.keys() - set(_STATEMENT)):
        yield Problem(path, f"MalformedPolicyDocument: unknown key {key!r}{nearest(key, _STATEMENT)}")
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield Problem(
            path, f"MalformedPolicyDocument: Effect {statement.get('Effect')!r} is not Allow or Deny"
        )
    if "Action" not in statement and "NotAction" not in statement:
        yield Problem(path, "MalformedPolicyDocument: a statement needs Action or NotAction")
    yield from aws_rules.actions(statement, path)
