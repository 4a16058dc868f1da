"""A small cluster on the real engine against stand-ins: its whole life, each fault, and a mistake in a name."""

import pytest

from console.rehearse import proof

from .conftest import Stage

pytestmark = pytest.mark.engine

NETWORK = """
import pulumi

vpc = subnet = pulumi.CustomResource("aws:ec2/vpc:Vpc", "net", {"cidrBlock": "10.0.0.0/16"})
for number, zone in enumerate("abc"):  # one after the other, so that each fault finds something left to make
    given = {"vpcId": vpc.id, "cidrBlock": f"10.0.{number}.0/24"}
    after = pulumi.ResourceOptions(depends_on=[subnet])
    subnet = pulumi.CustomResource("aws:ec2/subnet:Subnet", f"zone-{zone}", given, after)
box = {"subnetId": subnet.id, "ami": "ami-0123456789abcdef0", "instanceType": "p5.48xlarge"}
pulumi.CustomResource("aws:ec2/instance:Instance", "box", box)
"""

CLUSTER = """
import json

import pulumi

region = pulumi.ProviderResource("aws", "eu", {"region": "eu-west-1"})


def aws(token, name, properties):
    return pulumi.CustomResource(f"aws:{token}", name, properties, pulumi.ResourceOptions(provider=region))


there = pulumi.InvokeOptions(provider=region)
asked = pulumi.runtime.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {}, there)
vpc = aws("ec2/vpc:Vpc", "net", {"cidrBlock": "10.0.0.0/16", "tags": {"owner": "me"}})
subnets = [
    aws("ec2/subnet:Subnet", zone, {"vpcId": vpc.id, "cidrBlock": f"10.0.{n}.0/24", "availabilityZone": zone}).id
    for n, zone in enumerate(asked.value["names"])
]
bucket = aws("s3/bucket:Bucket", "shards", {"bucket": None})
versioned = {"bucket": bucket.id, "versioningConfiguration": {"status": "Enabled"}}
aws("s3/bucketVersioning:BucketVersioning", "shards", versioned)
trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "eks.amazonaws.com"}}
policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})


class Made(pulumi.CustomResource):
    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    result: pulumi.Output[str]

    def __init__(self, token, name, properties, asked, provider=None):
        wanted = {**properties, **dict.fromkeys(asked)}
        super().__init__(token, name, wanted, pulumi.ResourceOptions(provider=provider))


role = Made("aws:iam/role:Role", "eks", {"assumeRolePolicy": policy}, ["arn"], region)
inputs = {"roleArn": role.arn, "vpcConfig": {"subnetIds": subnets}}
cluster = Made("aws:eks/cluster:Cluster", "gpu", inputs, ["name", "endpoint"], region)
scaling = {"desiredSize": 2, "minSize": 2, "maxSize": 2}
pool = {"clusterName": cluster.name, "nodeRoleArn": role.arn, "subnetIds": subnets[:1], "scalingConfig": scaling}
aws("eks/nodeGroup:NodeGroup", "h100", {**pool, "instanceTypes": ["p5.48xlarge"]})
kubeconfig = cluster.endpoint.apply(lambda server: json.dumps({
    "current-context": "gpu",
    "contexts": [{"name": "gpu", "context": {"cluster": "gpu", "user": "me"}}],
    "clusters": [{"name": "gpu", "cluster": {"server": server}}],
    "users": [{"name": "me", "user": {"token": "a-token-that-is-secret"}}],
}))
inside = pulumi.ProviderResource("kubernetes", "gpu", {"kubeconfig": pulumi.Output.secret(kubeconfig)})


def object_(token, name, properties, after=None):
    options = pulumi.ResourceOptions(provider=inside, deleted_with=cluster, depends_on=after)
    return pulumi.CustomResource(f"kubernetes:{token}", name, properties, options)


password = Made("random:index/randomPassword:RandomPassword", "admin", {"length": 24}, ["result"])
namespace = object_("core/v1:Namespace", "ml", {"metadata": {"name": "ml"}})
secret = {"metadata": {"namespace": "ml"}, "stringData": {"password": password.result}}
object_("core/v1:Secret", "admin", secret, [namespace])
chart = {"chart": "gpu-operator", "version": "v25.3.4", "repositoryOpts": {"repo": "https://helm.ngc.nvidia.com/nvidia"}}
object_("helm.sh/v3:Release", "operator", {**chart, "namespace": "gpu-operator", "createNamespace": True})
pulumi.export("endpoint", cluster.endpoint)
"""

MISSPELT = """
import pulumi

class LaunchTemplate(pulumi.CustomResource):
    def __init__(self, name, **properties):
        super().__init__("aws:ec2/launchTemplate:LaunchTemplate", name, properties)


LaunchTemplate("fabric", networkInterfaces=[{"deviceIdx": 0}])
"""


def test_a_cluster_lives_drifts_and_leaves_nothing_behind(stage: Stage) -> None:
    """Preview, up, no change, refresh, drift seen and mended, no secret in the export, and an empty account."""
    scene = stage(CLUSTER, "aws", "kubernetes", "random")
    preview, up, again, refresh, drifted, mended = phases = list(scene.cycle(with_drift=True))
    assert [phase.wanted for phase in phases] == [""] * 6
    assert preview.operations == up.operations
    assert (again.changed, refresh.changed, drifted.changed, mended.changed) == (0, 0, 1, 1)
    assert scene.stack.outputs()["endpoint"].value.endswith(".gr7.eu-west-1.eks.amazonaws.com")
    exported = proof.exported(scene.stack)
    assert proof.leaked(scene.stack, exported) == 0
    assert proof.leaked(scene.stack, proof.exported(scene.stack, "--show-secrets")) > 0
    assert "a-token-that-is-secret" not in exported
    found = proof.inventory(scene.stack, scene.standins.account)
    assert (found.orphans, found.ghosts) == ((), ())
    assert found.account == found.state == 13
    assert scene.play("destroy", "destroy").ok
    assert proof.inventory(scene.stack, scene.standins.account).account == 0


def test_every_fault_names_its_cause_and_a_rerun_completes(stage: Stage) -> None:
    """Throttling, quota, timeout, crash, kill -9 and no capacity stop one up each; the last orphans nothing."""
    faults = "throttle@ec2/vpc,quota@ec2/subnet,timeout@ec2/subnet,crash@ec2/subnet,kill@ec2/subnet,capacity"
    scene = stage(NETWORK, "aws", fault=faults)
    throttled, quota, timeout, crashed, killed, refreshed, capacity, rerun = scene.faulty(faults)
    for phase, name, cause in (
        (throttled, "net", "RequestLimitExceeded"),
        (quota, "zone-", "VcpuLimitExceeded"),
        (timeout, "zone-", "timeout while waiting"),
        (crashed, "", "died with exit status 70"),
        (capacity, "box", "InsufficientInstanceCapacity"),
    ):
        assert any(cause in error and f"::{name}" in error for error in phase.errors) or not name, phase
        assert any(cause in error for error in phase.errors), phase
    assert killed.errors
    assert refreshed.ok
    assert rerun.ok
    found = proof.inventory(scene.stack, scene.standins.account)
    assert (found.account, found.state, found.orphans, found.ghosts) == (5, 5, (), ())


def test_a_misspelt_nested_property_stops_the_preview_with_the_right_name(stage: Stage) -> None:
    """The engine's error names the resource, the path, and the property that was meant."""
    scene = stage(MISSPELT, "aws")
    phase = scene.play("preview", "preview")
    assert len(phase.errors) == 1
    for text in (
        "networkInterfaces[0].deviceIdx",
        "did you mean 'deviceIndex'?",
        "LaunchTemplate::fabric",
        "__main__.py:9",
    ):
        assert text in phase.errors[0], phase.errors
