"""What AWS refuses of values, of properties together and of resources together, as the stand-in refuses it."""

import json
from typing import Any

import grpc
import pytest

from providers.base.values import UNKNOWN, Bag, Secret

from .conftest import Rig

VPC, SUBNET, ROLE = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:iam/role:Role"
CLUSTER, NODES, ENTRY = (
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:eks/accessEntry:AccessEntry",
)
TEMPLATE, LUSTRE = "aws:ec2/launchTemplate:LaunchTemplate", "aws:fsx/lustreFileSystem:LustreFileSystem"
RULES = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
PORT, SESSION = (
    "aws:directconnect/connection:Connection",
    "aws:directconnect/transitVirtualInterface:TransitVirtualInterface",
)
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}


def policy(action: str, size: int = 0) -> str:
    """Write a policy of one action, longer by so many characters."""
    statement = {"Effect": "Allow", "Action": [action], "Resource": "arn:aws:s3:::" + "x" * size}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def lustre(**more: Any) -> Bag:
    """Give the inputs of a small file system."""
    base = {"deploymentType": "PERSISTENT_2", "storageCapacity": 2400, "perUnitStorageThroughput": 125}
    return {"subnetIds": UNKNOWN, **base, **more}


def rule(**more: Any) -> Bag:
    """Give the inputs of one lifecycle rule."""
    return {"bucket": UNKNOWN, "rules": [{"id": "it", "status": "Enabled", **more}]}


def wires(*more: Bag) -> Bag:
    """Give the inputs of a launch template with network interfaces."""
    return {"networkInterfaces": list(more)}


def group(**scaling: int) -> Bag:
    """Give the inputs of a node group of a size."""
    return {"clusterName": UNKNOWN, "nodeRoleArn": UNKNOWN, "subnetIds": [UNKNOWN], "scalingConfig": scaling}


@pytest.mark.parametrize(
    ("token", "inputs", "told"),
    [
        ("aws:kms/key:Key", {"rotationPeriodInDays": 30}, "30 is out of bounds: 90 to 2560"),
        ("aws:kms/key:Key", {"deletionWindowInDays": 3}, "out of bounds: 7 to 30"),
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 100}, "100 is not one of 0, 1, 3"),
        ("aws:cloudwatch/eventRule:EventRule", {"name": "a b", "eventPattern": "{}"}, "is not a valid name"),
        ("aws:sqs/queue:Queue", {"messageRetentionSeconds": 30}, "out of bounds: 60 to 1209600"),
        ("aws:ec2/securityGroup:SecurityGroup", {"description": "ours? alone"}, "is not a valid name"),
        (TEMPLATE, {"userData": "#!/bin/bash"}, "text in base64"),
        (TEMPLATE, {"vpcSecurityGroupIds": [None]}, "null in a list"),
        (TEMPLATE, {**wires({"deviceIndex": 0}), "vpcSecurityGroupIds": [UNKNOWN]}, "stand in each of them"),
        (
            TEMPLATE,
            wires({"deviceIndex": 0, "associatePublicIpAddress": "true"}, {"deviceIndex": 1}),
            "takes no public address",
        ),
        (TEMPLATE, wires({"deviceIndex": 1}, {"deviceIndex": 1}), "card 0 has a device 1 already"),
        (TEMPLATE, wires({"interfaceType": "rdma"}), "is not one of interface, efa, efa-only"),
        (NODES, group(minSize=3, desiredSize=2, maxSize=4), "minSize <= desiredSize <= maxSize"),
        (NODES, group(minSize=0, desiredSize=0, maxSize=0), "0 is out of bounds: 1 to 10000"),
        (LUSTRE, lustre(storageCapacity=3600), "neither 1200 nor a multiple of 2400"),
        (LUSTRE, lustre(perUnitStorageThroughput=200), "PERSISTENT_2 offers 125, 250, 500, 1000"),
        (
            LUSTRE,
            lustre(deploymentType="SCRATCH_2", metadataConfiguration={"mode": "AUTOMATIC"}),
            "PERSISTENT_2 alone has it",
        ),
        (RULES, rule(noncurrentVersionExpiration={"noncurrentDays": 0}), "out of bounds: 1 to"),
        (RULES, rule(transitions=[{"days": 5, "storageClass": "STANDARD_IA"}]), "stay 30 days"),
        (
            RULES,
            rule(transitions=[{"days": 90, "storageClass": "GLACIER_IR"}], expiration={"days": 60}),
            "after every transition",
        ),
        (PORT, {"location": "EQDC2", "bandwidth": "20Gbps"}, "'20Gbps' is not one of"),
        (PORT, {"location": "EQDC2", "bandwidth": "1Gbps", "requestMacsec": True}, "no port of 1Gbps has MACsec"),
        (
            SESSION,
            {"connectionId": UNKNOWN, "dxGatewayId": UNKNOWN, "vlan": 5000, "addressFamily": "ipv4", "mtu": 9001},
            "out of bounds: 1 to 4094",
        ),
        ("aws:iam/rolePolicy:RolePolicy", {"role": UNKNOWN, "policy": policy("GetObject")}, "is not service:Name"),
        ("aws:iam/rolePolicy:RolePolicy", {"role": UNKNOWN, "policy": policy("s3:*", 10_240)}, "LimitExceeded"),
    ],
)  # fmt: skip
def test_what_aws_refuses_is_refused(aws: Rig, token: str, inputs: Bag, told: str) -> None:
    """One wrong value or pair of values is told with the rule that it breaks."""
    _, problems = aws.check(token, inputs)
    assert any(told in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:kms/key:Key", {"rotationPeriodInDays": 90, "deletionWindowInDays": UNKNOWN}),
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 400}),
        (TEMPLATE, {"userData": Secret("aGVsbG8=")}),
        (TEMPLATE, wires({"deviceIndex": 0}, {"deviceIndex": 0, "networkCardIndex": 1})),
        (NODES, group(minSize=0, desiredSize=0, maxSize=1)),
        (LUSTRE, lustre(storageCapacity=1200)),
        (LUSTRE, lustre(storageCapacity=UNKNOWN, perUnitStorageThroughput=1000)),
        (RULES, rule(transitions=[{"days": 0, "storageClass": "GLACIER_IR"}], expiration={"days": 60})),
        (PORT, {"location": "EQDC2", "bandwidth": "100Gbps", "requestMacsec": True}),
        ("aws:iam/rolePolicy:RolePolicy", {"role": UNKNOWN, "policy": policy("s3:Get*", 10_000)}),
    ],
)
def test_what_aws_takes_passes(aws: Rig, token: str, inputs: Bag) -> None:
    """Values on the edge, unknown ones and secrets raise no false alarm."""
    assert aws.check(token, inputs)[1] == []


@pytest.fixture
def cluster(aws: Rig) -> Bag:
    """Give the outputs of a cluster in one network."""
    vpc, _ = aws.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    subnet, _ = aws.create(SUBNET, {"vpcId": vpc, "cidrBlock": "10.0.0.0/24"})
    _, role = aws.create(ROLE, {"assumeRolePolicy": json.dumps(TRUST)})
    place = {"subnetIds": [subnet], "endpointPrivateAccess": True}
    _, made = aws.create(CLUSTER, {"name": "c", "roleArn": role["arn"], "vpcConfig": place})
    return {**made, "subnet": subnet, "vpc": vpc}


def test_a_cluster_has_a_security_group_that_others_may_name(aws: Rig, cluster: Bag) -> None:
    """A preview knows of the group that EKS makes; it exists afterwards, in the cluster's network."""
    inputs = {"roleArn": UNKNOWN, "vpcConfig": {"subnetIds": [UNKNOWN]}}
    _, foreseen = aws.create_unchecked(CLUSTER, inputs, preview=True)
    assert foreseen["vpcConfig"]["clusterSecurityGroupId"] is UNKNOWN
    own = cluster["vpcConfig"]
    assert own["vpcId"] == cluster["vpc"]
    assert own["endpointPrivateAccess"] is True
    assert aws.check(TEMPLATE, {"vpcSecurityGroupIds": [own["clusterSecurityGroupId"]]})[1] == []
    assert aws.check(TEMPLATE, {"vpcSecurityGroupIds": ["sg-0123456789abcdef0"]})[1] != []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"networkInterfaces": [{"deviceIndex": 0, "subnetId": "of the cluster"}]}, "must not name a subnet"),
        ({"instanceType": "p5.48xlarge"}, "the group must not set instanceTypes"),
        ({"iamInstanceProfile": {"name": "mine"}}, "must not set iamInstanceProfile"),
        ({"instanceMarketOptions": {"marketType": "spot"}}, "must not set instanceMarketOptions"),
        ({"networkInterfaces": [{"deviceIndex": 0}]}, None),
        ({"instanceMarketOptions": {"marketType": "capacity-block"}}, None),
    ],
)
@pytest.mark.never_again
def test_a_managed_group_takes_no_template_of_a_subnet(
    aws: Rig, cluster: Bag, given: Bag, told: str | None
) -> None:
    """Thread aws-efa-eks #19: the node group says subnet, role and market; a template that does too is refused."""
    inputs = json.loads(json.dumps(given).replace("of the cluster", cluster["subnet"]))
    id_, _ = aws.create(TEMPLATE, inputs)
    nodes = {
        "clusterName": "c",
        "nodeRoleArn": cluster["roleArn"],
        "subnetIds": [cluster["subnet"]],
        "launchTemplate": {"id": id_, "version": "1"},
        "instanceTypes": ["p5.48xlarge"],
        "scalingConfig": {"minSize": 0, "desiredSize": 1, "maxSize": 1},
    }
    _, problems = aws.check(NODES, nodes)
    assert any(told in one for one in problems) if told else problems == []


@pytest.mark.never_again
def test_the_role_of_a_managed_group_has_its_access_entry(aws: Rig, cluster: Bag) -> None:
    """Threads terraform-aws-eks #2977, eksctl #7502: a second entry for one role is refused, another role's is not."""
    _, other = aws.create(ROLE, {"assumeRolePolicy": json.dumps(TRUST)}, "other")
    entry = {"clusterName": "c", "principalArn": cluster["roleArn"], "type": "EC2_LINUX"}
    scaling = {"minSize": 0, "desiredSize": 1, "maxSize": 1}
    nodes = {"clusterName": "c", "nodeRoleArn": cluster["roleArn"], "subnetIds": [cluster["subnet"]]}
    aws.create(NODES, {**nodes, "scalingConfig": scaling}, "nodes")
    with pytest.raises(grpc.RpcError, match="ResourceInUseException: the node group c:nodes"):
        aws.create(ENTRY, entry)
    aws.create(ENTRY, {**entry, "principalArn": other["arn"]})


def test_a_hosted_connection_has_one_interface(aws: Rig) -> None:
    """A second one is refused where a carrier made the connection; a port of one's own takes several."""
    gateway, _ = aws.create("aws:directconnect/gateway:Gateway", {"name": "g", "amazonSideAsn": "64512"})
    port, _ = aws.create(PORT, {"name": "p", "location": "EQDC2", "bandwidth": "10Gbps"})
    accepted = "aws:directconnect/connectionConfirmation:ConnectionConfirmation"
    hosted, _ = aws.create(accepted, {"connectionId": "dxcon-ffabc123"})
    session = {"dxGatewayId": gateway, "addressFamily": "ipv4", "bgpAsn": 65010}
    for vlan, line in enumerate((port, port, hosted), 101):
        aws.create(SESSION, {**session, "name": f"v{vlan}", "vlan": vlan, "connectionId": line}, f"v{vlan}")
    with pytest.raises(grpc.RpcError, match="hosted connection dxcon-ffabc123 has its one interface"):
        aws.create(SESSION, {**session, "name": "v", "vlan": 301, "connectionId": hosted})
