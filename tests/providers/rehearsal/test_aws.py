"""The stand-in for AWS refuses what AWS refuses, and its names, ids and lifetimes are AWS's."""

import json

import grpc
import pytest

from providers.base.values import UNKNOWN, Secret

from .conftest import Rig

VPC, SUBNET, GROUP = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup"
TEMPLATE, ROLE, BUCKET = "aws:ec2/launchTemplate:LaunchTemplate", "aws:iam/role:Role", "aws:s3/bucket:Bucket"
CLUSTER, NODES = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"
TRUST = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "eks.amazonaws.com"}}],
})  # fmt: skip


def test_a_misspelt_nested_property_is_refused_with_its_path_and_the_right_name(aws: Rig) -> None:
    """`networkInterfaces[0].deviceIdx` is refused; the answer names deviceIndex."""
    _, problems = aws.check(TEMPLATE, {"networkInterfaces": [{"deviceIdx": 0}]})
    assert len(problems) == 1
    assert "networkInterfaces[0].deviceIdx" in problems[0]
    assert "did you mean 'deviceIndex'?" in problems[0]


@pytest.mark.parametrize(
    ("token", "inputs", "told"),
    [
        (SUBNET, {}, "the required property 'vpcId' is missing"),
        (SUBNET, {"vpcId": ["a"]}, "['a'] is not a text"),
        (SUBNET, {"vpcId": UNKNOWN, "mapPublicIpOnLaunch": "maybe"}, "'maybe' is not true or false"),
        (SUBNET, {"vpcId": UNKNOWN, "ipv6NetmaskLength": 3.5}, "3.5 is not a whole number"),
        (TEMPLATE, {"networkInterfaces": {"deviceIndex": 0}}, "is not a list"),
        (TEMPLATE, {"metadataOptions": "required"}, "'required' is not an object"),
        (TEMPLATE, {"tags": ["a"]}, "['a'] is not a map"),
        (VPC, {"cidrBlock": "10.0.0.0/8"}, "allowed: /16 to /28"),
        (VPC, {"cidrBlock": "10.0.0.1/16"}, "has host bits set"),
        (SUBNET, {"vpcId": "vpc-0123456789abcdef0"}, "was never issued"),
        (SUBNET, {"vpcId": "subnet-0123456789abcdef0"}, "is not an id of the form vpc-"),
        (SUBNET, {"vpcId": UNKNOWN, "availabilityZone": "eu-west-1f"}, "is not a zone of eu-west-1"),
        (BUCKET, {"bucket": "My_Bucket"}, "'My_Bucket' is not a valid name"),
        (BUCKET, {"bucket": "a..b"}, "is not a valid name"),
        (ROLE, {"assumeRolePolicy": "{"}, "MalformedPolicyDocument"),
        (ROLE, {"assumeRolePolicy": TRUST.replace("Effect", "Efect")}, "did you mean 'Effect'?"),
        (ROLE, {"assumeRolePolicy": TRUST, "name": "no spaces"}, "is not a valid name"),
        (CLUSTER, {"roleArn": "arn:aws:iam::123456789012:role/nobody", "vpcConfig": {"subnetIds": []}}, "never issued"),
        (
            TEMPLATE,
            {"networkInterfaces": [{"ipv4AddressCount": 2, "ipv4Addresses": ["10.0.0.4"]}]},
            "conflicts with",
        ),
        (
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            {"role": "nobody", "policyArn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"},
            "the account has no such Role",
        ),
        (
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            {"role": UNKNOWN, "policyArn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolici"},
            "no managed policy",
        ),
        (
            "aws:s3/bucketVersioning:BucketVersioning",
            {"bucket": "b", "versioningConfiguration": {}},
            "'status' is missing",
        ),
    ],
)  # fmt: skip
def test_what_aws_refuses_is_refused(aws: Rig, token: str, inputs: dict[str, object], told: str) -> None:
    """Wrong shapes, names, references and documents fail in Check with the reason."""
    _, problems = aws.check(token, inputs)
    assert any(told in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (VPC, {"cidrBlock": "10.0.0.0/16", "tags": {"vpc": "vpc-0123456789abcdef0"}}),
        (VPC, {"cidrBlock": UNKNOWN, "enableDnsHostnames": "true"}),
        (TEMPLATE, {"imageId": "ami-0123456789abcdef0", "userData": Secret("aGVsbG8=")}),
        (TEMPLATE, {"name": "lt-1349742"}),
        (
            TEMPLATE,
            {
                "capacityReservationSpecification": {
                    "capacityReservationTarget": {"capacityReservationId": "cr-0123456789abcdef0"}
                }
            },
        ),
        (CLUSTER, {"roleArn": UNKNOWN, "vpcConfig": {"subnetIds": [UNKNOWN, UNKNOWN]}}),
        (
            ROLE,
            {
                "assumeRolePolicy": TRUST.replace("Service", "AWS").replace(
                    "eks.amazonaws.com", "123456789012"
                )
            },
        ),
    ],
)
def test_what_aws_takes_passes(aws: Rig, token: str, inputs: dict[str, object]) -> None:
    """Unknown values, secrets, images, reservations bought before, and words in tags raise no false alarm."""
    assert aws.check(token, inputs)[1] == []


def test_all_mistakes_come_at_once(aws: Rig) -> None:
    """Three mistakes in one resource give three complaints."""
    _, problems = aws.check(SUBNET, {"cidrBlok": "10.0.0.0/24", "mapPublicIpOnLaunch": "maybe"})
    assert len(problems) == 3


def test_a_secret_is_never_shown_in_a_complaint(aws: Rig) -> None:
    """A secret of the wrong form is refused without its text."""
    _, problems = aws.check(BUCKET, {"bucket": Secret("Hunter2Hunter2")})
    assert len(problems) == 1
    assert "Hunter2" not in problems[0]


def test_ids_arns_and_outputs_look_like_the_clouds(aws: Rig) -> None:
    """A network's id, ARN and default ids have AWS's form; a preview knows none of them."""
    _, foreseen = aws.create(VPC, {"cidrBlock": "10.0.0.0/16"}, preview=True)
    id_, made = aws.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    assert foreseen["arn"] is UNKNOWN
    assert id_.startswith("vpc-")
    assert made["arn"] == f"arn:aws:ec2:eu-west-1:123456789012:vpc/{id_}"
    assert made["mainRouteTableId"] == made["defaultRouteTableId"]
    assert made["region"] == "eu-west-1"


def test_a_name_left_out_is_generated_once_and_kept(aws: Rig) -> None:
    """The same seed gives the same name in preview and up, and an old name stays."""
    first, _ = aws.check(BUCKET, {}, name="data")
    again, _ = aws.check(BUCKET, {}, name="data")
    kept, _ = aws.check(BUCKET, {}, old={"bucket": "data-old"}, name="data")
    assert first["bucket"] == again["bucket"]
    assert first["bucket"].startswith("data-")
    assert kept["bucket"] == "data-old"


def test_a_subnet_lies_inside_its_network_and_beside_the_others(aws: Rig) -> None:
    """Outside is refused in Check; an overlap when the subnet is made."""
    vpc, _ = aws.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    _, problems = aws.check(SUBNET, {"vpcId": vpc, "cidrBlock": "10.1.0.0/24"})
    assert any("InvalidSubnet.Range" in problem for problem in problems)
    aws.create(SUBNET, {"vpcId": vpc, "cidrBlock": "10.0.0.0/24"}, "one")
    with pytest.raises(grpc.RpcError, match=r"InvalidSubnet.Conflict: 10.0.0.0/25 overlaps with 10.0.0.0/24"):
        aws.create(SUBNET, {"vpcId": vpc, "cidrBlock": "10.0.0.0/25"}, "two")


def test_what_is_used_cannot_be_deleted(aws: Rig) -> None:
    """Deleting a network under a subnet fails and names the subnet; after it, it works."""
    vpc, outputs = aws.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    subnet, inner = aws.create(SUBNET, {"vpcId": vpc, "cidrBlock": "10.0.0.0/24"}, "zone-a")
    with pytest.raises(
        grpc.RpcError, match=rf"DependencyViolation: {vpc} is still used by {subnet} \(Subnet 'zone-a'\)"
    ):
        aws.delete(VPC, vpc, outputs)
    aws.delete(SUBNET, subnet, inner)
    aws.delete(VPC, vpc, outputs)
    assert aws.account.count() == 0


def test_what_cannot_change_in_place_is_replaced(aws: Rig) -> None:
    """A new block replaces a network; a new tag does not."""
    id_, _ = aws.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    other = aws.diff(VPC, id_, {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.1.0.0/16"})
    tagged = aws.diff(
        VPC, id_, {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}}
    )
    assert list(other.replaces) == ["cidrBlock"]
    assert list(tagged.replaces) == []
    assert list(tagged.diffs) == ["tags"]


def test_a_chosen_name_makes_the_old_one_go_first(aws: Rig) -> None:
    """A role named by the program is deleted before its replacement, one named by the provider after it."""
    chosen = {"assumeRolePolicy": TRUST, "name": "nodes", "path": "/"}
    generated = {**chosen, "__defaults": ["name"]}
    assert aws.diff(ROLE, "nodes", chosen, {**chosen, "path": "/x/"}).deleteBeforeReplace
    assert not aws.diff(ROLE, "nodes", generated, {**generated, "path": "/x/"}).deleteBeforeReplace


def test_a_name_is_taken_only_once(aws: Rig) -> None:
    """A second role of the same name is refused as AWS refuses it."""
    aws.create(ROLE, {"assumeRolePolicy": TRUST, "name": "nodes"}, "one")
    with pytest.raises(grpc.RpcError, match="EntityAlreadyExists"):
        aws.create(ROLE, {"assumeRolePolicy": TRUST, "name": "nodes"}, "two")


def test_secrets_are_not_in_the_accounts_file(aws: Rig) -> None:
    """The account keeps a digest; Read gives the engine's own secret back while it is unchanged."""
    token, secret = "aws:secretsmanager/secretVersion:SecretVersion", "s3cr3t-" * 4
    inputs = {
        "secretId": "arn:aws:secretsmanager:eu-west-1:210987654321:secret:x",
        "secretString": Secret(secret),
    }
    id_, outputs = aws.create(token, inputs)
    record = aws.account.all()[0]
    assert secret not in json.dumps([record.inputs, record.outputs])
    _, seen, _ = aws.read(token, id_, outputs, inputs)
    assert seen["secretString"] == Secret(secret)


def test_a_resource_that_is_gone_reads_as_gone(aws: Rig) -> None:
    """Read of what does not exist gives no id, so that a refresh drops it."""
    assert aws.read(VPC, "vpc-0123456789abcdef0", {}, {})[0] == ""


def test_names_planned_in_a_preview_may_be_referred_to_until_it_ends(aws: Rig) -> None:
    """A bucket that the preview would make satisfies a reference by name, and no longer after the run."""
    aws.create(BUCKET, {"bucket": "planned-one"}, preview=True)
    versioning = {"bucket": "planned-one", "versioningConfiguration": {"status": "Enabled"}}
    assert aws.check("aws:s3/bucketVersioning:BucketVersioning", versioning)[1] == []
    aws.cancel()
    assert aws.check("aws:s3/bucketVersioning:BucketVersioning", versioning)[1] != []


def test_lookups_answer_for_the_providers_region(aws: Rig) -> None:
    """Zones, region, caller and images come from the configured region; an unknown look-up says what there is."""
    assert aws.invoke("aws:index/getAvailabilityZones:getAvailabilityZones")["names"][0] == "eu-west-1a"
    assert aws.invoke("aws:index/getAvailabilityZones:getAvailabilityZones")["zoneIds"][0] == "euw1-az1"
    assert aws.invoke("aws:index/getRegion:getRegion")["region"] == "eu-west-1"
    assert aws.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == "123456789012"
    assert aws.invoke("aws:ec2/getAmi:getAmi", owners=["amazon"])["id"].startswith("ami-")
    with pytest.raises(grpc.RpcError, match="has no answer to the look-up"):
        aws.invoke("aws:ec2/getSpotPrice:getSpotPrice")


def test_a_deleted_cluster_takes_its_kubernetes_objects_along(aws: Rig) -> None:
    """Objects of a cluster vanish with it, as `deletedWith` lets the engine believe."""
    role, made = aws.create(ROLE, {"assumeRolePolicy": TRUST, "name": "control"}, "role")
    assert role == "control"
    vpc, _ = aws.create(VPC, {"cidrBlock": "10.0.0.0/16"}, "net")
    subnet, _ = aws.create(SUBNET, {"vpcId": vpc, "cidrBlock": "10.0.0.0/24"}, "zone")
    id_, cluster = aws.create(
        CLUSTER, {"roleArn": made["arn"], "vpcConfig": {"subnetIds": [subnet]}, "name": "gpu"}, "gpu"
    )
    from providers.rehearsal.account import Name

    aws.account.add(Name("kubernetes:core/v1:Namespace", cluster["endpoint"], "ml", "urn"), {}, {}, [])
    aws.delete(CLUSTER, id_, cluster)
    assert [record.token for record in aws.account.all()] == [ROLE, VPC, SUBNET]
