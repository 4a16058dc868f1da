"""Judges that AWS wrote: botocore's service models judge what our AWS stacks ask for.

The inputs are those of the recorded graphs (tests/golden/aws); `aws_requests.toml` says which request of the API
carries which property. Enums, patterns, lengths, bounds and required members come from botocore alone.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aws_models import TABLE, Judge
from azure_declared import declared

from components.interconnect import aws as interconnect
from components.interconnect.shape import parse

GOLDEN = Path(__file__).parents[1] / "golden" / "aws"


def recorded() -> Iterator[Mapping[str, Any]]:
    """Give every AWS resource of the recorded graphs."""
    for file in sorted(GOLDEN.glob("*.json")):
        graph = json.loads(file.read_text(encoding="utf-8"))
        yield from (one for one in graph if one["type"].startswith("aws:"))


TYPES = sorted({one["type"] for one in recorded()})


@pytest.mark.parametrize("token", TYPES)
def test_aws_takes_every_input(token: str) -> None:
    """No property of a recorded resource is unknown, missing, out of bounds or of the wrong form."""
    judge = Judge(token)
    refused = {
        one["name"]: told
        for one in recorded()
        if one["type"] == token and (told := list(judge.problems(one["inputs"])))
    }
    assert refused == {}


def test_aws_takes_what_a_link_over_a_carrier_asks() -> None:
    """No stack file has one: its connections are accepted, and get their sessions, as botocore has the requests."""
    args = {
        "platform": "aws",
        "region": "eu-north-1",
        "locations": ["dxcon-fg5678gh", "eu-west-3/dxcon-ffabc123"],
        "vlans": {"dxcon-fg5678gh": 301},
        "peer_asn": 65010,
        "peer_cidrs": ["10.200.0.0/16"],
        "vpn_fallback": False,
        "labels": {"team": "ml"},
        "network": {"id": "vpc-0123456789abcdef0", "cidr": "10.0.0.0/16", "subnets": {}, "routes": {}},
    }
    made = declared(lambda opts: interconnect.build("home", parse(args), opts), "aws-prod")
    judged = [one for one in made if one.token.startswith("aws:directconnect/")]
    assert Counter(one.token.rpartition(":")[2] for one in judged) == {
        "Gateway": 1,
        "GatewayAssociation": 1,
        "ConnectionConfirmation": 2,
        "TransitVirtualInterface": 2,
    }
    told = {one.name: found for one in judged if (found := list(Judge(one.token).problems(one.inputs)))}
    assert told == {}


def test_every_recorded_type_has_a_request() -> None:
    """A new resource type comes with the requests that judge it."""
    assert set(TYPES) <= TABLE.keys()


@pytest.mark.parametrize(
    ("token", "inputs", "said"),
    [
        ("kms/alias:Alias", {"name": "no-alias/x", "targetKeyId": "k"}, None),
        ("kms/alias:Alias", {"name": "alias/a b", "targetKeyId": "k"}, "not of AliasNameType's form"),
        ("kms/alias:Alias", {"name": "alias/x"}, "needs TargetKeyId"),
        (
            "directconnect/connectionConfirmation:ConnectionConfirmation",
            {"region": "eu-west-3"},
            "needs connectionId",
        ),
        ("kms/alias:Alias", {"nmae": "alias/x", "targetKeyId": "k"}, "nmae: no request"),
        ("iam/role:Role", {"name": "x" * 65, "assumeRolePolicy": "{}"}, "bounds 1 to 64"),
        (
            "ec2/placementGroup:PlacementGroup",
            {"name": "x", "strategy": "clustered"},
            "none of PlacementStrategy",
        ),
        (
            "eks/cluster:Cluster",
            {"name": "x", "roleArn": "r", "vpcConfig": {"subnets": ["s"]}},
            "has no such member",
        ),
        (
            "ec2/vpcEndpoint:VpcEndpoint",
            {"vpcId": "v", "serviceName": "s", "subnetIds": [None]},
            "is no text",
        ),
        ("ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "tags": {"k": ["v"]}}, "tags.k: ['v'] is no text"),
        (
            "ec2/vpnConnection:VpnConnection",
            {"type": "ipsec.1", "customerGatewayId": "cgw", "tunnel1Phase1DhGroupNumbers": ["twenty"]},
            "'twenty' is no Integer",
        ),
    ],
)
def test_the_judge_refuses(token: str, inputs: Mapping[str, Any], said: str | None) -> None:
    """Each kind of mistake is told, with the rule that it breaks; a right request is not."""
    told = list(Judge(f"aws:{token}").problems(inputs))
    assert (told == []) if said is None else any(said in one for one in told), told
