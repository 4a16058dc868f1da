"""Rows for the rules of operations."""

import datetime as dt

from policy.model.exemption import Exemption
from policy.model.resource import Resource
from tests.policy.make import OWNED, STACK
from tests.policy.make import resource as r
from tests.policy.rules.case import UNKNOWN, breaks, keeps, unsure

EKS, GKE, AKS = (
    "aws:eks/cluster:Cluster",
    "gcp:container/cluster:Cluster",
    "azure-native:containerservice:ManagedCluster",
)
BUCKET = r("aws:s3/bucket:Bucket", "bucket")
ACCOUNT = r("azure-native:storage:StorageAccount", "account")
CLUSTER = r(AKS, "cluster")
RDMA = r("gcp:compute/network:Network", "n", networkProfile="europe-west4-a-vpc-roce")
ROUTER = r("gcp:compute/router:Router", "out", from_={"network": RDMA}, network=UNKNOWN)
RAIL = r("gcp:compute/subnetwork:Subnetwork", "s", from_={"network": RDMA}, network=UNKNOWN)
VPC = r("aws:ec2/vpc:Vpc", "vpc")
DIAGNOSTIC = "azure-native:monitor:DiagnosticSetting"
DIGEST = "registry.example.org/vllm@sha256:" + "0" * 64


def logging_to(target: str, **given: object) -> Resource:
    """Make a logging configuration of the bucket."""
    return r(
        "aws:s3/bucketLogging:BucketLogging", "l", from_={target: BUCKET}, given={target: UNKNOWN, **given}
    )


def retained(*, locked: bool) -> Resource:
    """Make a bucket of Google Cloud that keeps its objects for a month."""
    policy = {"retentionPeriod": "2592000", "isLocked": locked}
    return r("gcp:storage/bucket:Bucket", "b", versioning={"enabled": False}, retentionPolicy=policy)


def versioned(status: str) -> Resource:
    """Make a versioning configuration of the bucket."""
    given = {"bucket": UNKNOWN, "versioningConfiguration": {"status": status}}
    return r("aws:s3/bucketVersioning:BucketVersioning", "v", from_={"bucket": BUCKET}, given=given)


def diagnosed(target: Resource, category: str) -> Resource:
    """Make a diagnostic setting with one log."""
    given = {"resourceUri": UNKNOWN, "logs": [{"category": category, "enabled": True}]}
    return r(DIAGNOSTIC, "s", from_={"resourceUri": target}, given=given)


def pod(image: object) -> Resource:
    """Make a pod with one image."""
    return r(
        "kubernetes:core/v1:Pod",
        "p",
        metadata={"name": "p"},
        spec={"containers": [{"name": "c", "image": image}]},
    )


def exempt(stack: str) -> tuple[Exemption, ...]:
    """Make an exemption that nothing needs."""
    return (
        Exemption(
            f"urn:pulumi:{stack}::*::gone", "stores-keep-versions", "an old one", "ada", dt.date(2027, 1, 1)
        ),
    )


WHOLE = r(STACK, "whole")
CASES = [
    keeps("exemptions-match-something", "none", WHOLE),
    keeps("exemptions-match-something", "of another stack", WHOLE, exemptions=exempt("aws-prod")),
    breaks("exemptions-match-something", "of this stack", WHOLE, exemptions=exempt("test")),
    keeps(
        "logs-are-kept-ninety-days", "ninety", r("aws:cloudwatch/logGroup:LogGroup", "l", retentionInDays=90)
    ),
    keeps(
        "logs-are-kept-ninety-days", "for ever", r("aws:cloudwatch/logGroup:LogGroup", "l", retentionInDays=0)
    ),
    breaks(
        "logs-are-kept-ninety-days", "a month", r("aws:cloudwatch/logGroup:LogGroup", "l", retentionInDays=30)
    ),
    breaks(
        "logs-are-kept-ninety-days",
        "by default a month",
        r("gcp:logging/projectBucketConfig:ProjectBucketConfig", "l", bucketId="b"),
    ),
    breaks(
        "logs-are-kept-ninety-days",
        "a month",
        r("azure-native:operationalinsights:Workspace", "w", retentionInDays=30),
    ),
    keeps(
        "control-planes-write-audit-logs",
        "all",
        r(EKS, "c", enabledClusterLogTypes=["api", "audit", "authenticator", "scheduler"]),
    ),
    breaks("control-planes-write-audit-logs", "api only", r(EKS, "c", enabledClusterLogTypes=["api"])),
    keeps(
        "control-planes-write-audit-logs",
        "API server",
        r(GKE, "c", loggingConfig={"enableComponents": ["SYSTEM_COMPONENTS", "APISERVER"]}),
    ),
    breaks(
        "control-planes-write-audit-logs",
        "system only",
        r(GKE, "c", loggingConfig={"enableComponents": ["SYSTEM_COMPONENTS"]}),
    ),
    keeps("control-planes-write-audit-logs", "setting", diagnosed(CLUSTER, "kube-audit"), CLUSTER),
    breaks("control-planes-write-audit-logs", "other logs", diagnosed(CLUSTER, "kube-scheduler"), CLUSTER),
    breaks("control-planes-write-audit-logs", "no setting", CLUSTER),
    keeps("stores-log-who-reads", "to another bucket", logging_to("bucket", targetBucket="logs"), BUCKET),
    keeps("stores-log-who-reads", "holds the logs", logging_to("targetBucket", bucket="data"), BUCKET),
    breaks("stores-log-who-reads", "nobody", BUCKET),
    keeps(
        "stores-log-who-reads", "logged", r("gcp:storage/bucket:Bucket", "b", logging={"logBucket": "logs"})
    ),
    breaks("stores-log-who-reads", "nobody", r("gcp:storage/bucket:Bucket", "b", location="EU")),
    keeps("stores-log-who-reads", "setting", diagnosed(ACCOUNT, "StorageRead"), ACCOUNT),
    breaks("stores-log-who-reads", "no setting", ACCOUNT),
    keeps(
        "networks-log-their-flows",
        "flow log",
        r("aws:ec2/flowLog:FlowLog", "f", from_={"vpcId": VPC}, vpcId=UNKNOWN),
        VPC,
    ),
    breaks("networks-log-their-flows", "none", VPC),
    keeps(
        "networks-log-their-flows",
        "sampled",
        r("gcp:compute/subnetwork:Subnetwork", "s", logConfig={"flowSampling": 0.5}),
    ),
    keeps(
        "networks-log-their-flows",
        "for proxies",
        r("gcp:compute/subnetwork:Subnetwork", "s", purpose="REGIONAL_MANAGED_PROXY"),
    ),
    keeps("networks-log-their-flows", "of RDMA", RDMA, RAIL),
    breaks("networks-log-their-flows", "of RDMA with a router", RDMA, ROUTER, RAIL),
    breaks(
        "networks-log-their-flows",
        "none",
        r("gcp:compute/subnetwork:Subnetwork", "s", ipCidrRange="10.0.0.0/20"),
    ),
    keeps("resources-say-whose-they-are", "tags", r("aws:ec2/vpc:Vpc", "v", tags={**OWNED})),
    breaks(
        "resources-say-whose-they-are",
        "no cost centre",
        r("aws:ec2/vpc:Vpc", "v", tags={"owner": "ada", "team": "research"}),
    ),
    keeps(
        "resources-say-whose-they-are",
        "labels of nodes",
        r("gcp:container/nodePool:NodePool", "p", nodeConfig={"resourceLabels": {**OWNED}}),
    ),
    breaks("resources-say-whose-they-are", "none", r("gcp:container/nodePool:NodePool", "p", nodeCount=1)),
    breaks("resources-say-whose-they-are", "none", r("localhost:index:Bucket", "b")),
    unsure(
        "resources-say-whose-they-are",
        "unknown owner",
        r("aws:ec2/vpc:Vpc", "v", tags={**OWNED, "owner": UNKNOWN}),
    ),
    keeps("stateful-resources-are-protected", "protected", r("aws:s3/bucket:Bucket", "b", protect=True)),
    breaks("stateful-resources-are-protected", "not", r("gcp:kms/cryptoKey:CryptoKey", "k")),
    keeps("clusters-refuse-deletion", "protected", r(EKS, "c", deletionProtection=True)),
    breaks("clusters-refuse-deletion", "not", r(EKS, "c", roleArn="r")),
    keeps("stores-keep-versions", "enabled", versioned("Enabled"), BUCKET),
    breaks("stores-keep-versions", "suspended", versioned("Suspended"), BUCKET),
    breaks("stores-keep-versions", "none", BUCKET),
    keeps("stores-keep-versions", "by default", r("localhost:index:Bucket", "b")),
    breaks("stores-keep-versions", "off", r("localhost:index:Bucket", "b", versioning=False)),
    breaks("stores-keep-versions", "none", r("gcp:storage/bucket:Bucket", "b", location="EU")),
    keeps("stores-keep-versions", "locked", retained(locked=True)),
    breaks("stores-keep-versions", "retained, not locked", retained(locked=False)),
    breaks("stores-keep-versions", "no properties", ACCOUNT),
    keeps("images-come-by-digest", "digest", pod(DIGEST)),
    breaks("images-come-by-digest", "tag", pod("vllm/vllm-openai:v0.11.0")),
    unsure("images-come-by-digest", "unknown", pod(UNKNOWN)),
    keeps(
        "trails-cover-every-region",
        "all",
        r("aws:cloudtrail/trail:Trail", "t", isMultiRegionTrail=True, enableLogFileValidation=True),
    ),
    breaks(
        "trails-cover-every-region",
        "one region",
        r("aws:cloudtrail/trail:Trail", "t", enableLogFileValidation=True),
    ),
]
