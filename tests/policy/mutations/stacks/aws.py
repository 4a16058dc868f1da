"""Defects of the stacks on AWS."""

import json

from tests.policy.mutations.mutation import Mutation, bare, breaks, drop, gone, more, put, text
from tests.policy.mutations.stacks.kubernetes import ADMIN, SERVING, TRAINING

BUCKET = "aws:s3/bucket:Bucket::artifacts"
SSE = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
POLICY, BLOCK = ("aws:s3/bucketPolicy:BucketPolicy", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
VERSIONS, ACCESS_LOG = ("aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketLogging:BucketLogging")
KEY, REPLICA = ("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey")
CLUSTER, POOL = ("aws:eks/cluster:Cluster::cluster", "aws:eks/nodeGroup:NodeGroup")
TEMPLATE, LOG = ("aws:ec2/launchTemplate:LaunchTemplate", "aws:cloudwatch/logGroup:LogGroup")
LUSTRE = "aws:fsx/lustreFileSystem:LustreFileSystem::filesystem"
LINK, RIGHTS = ("aws:directconnect/connection:Connection", "aws:iam/rolePolicy:RolePolicy")
DOOR = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::network-endpoints-https"
FLOWS, VPC = ("aws:ec2/flowLog:FlowLog::network-flows", "aws:ec2/vpc:Vpc::network")
QUEUE = "aws:sqs/queue:Queue::cluster-interruptions"
TRUST = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            }
        ]
    }
)
CIPHER = "rules[0].applyServerSideEncryptionByDefault"
NODES = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass::serve-nodes"
ENVIRONMENT = "causeway:index:Environment"
BOTH: tuple[Mutation, ...] = (
    breaks(
        "stores-use-our-keys",
        "a bucket under Amazon's own key",
        put(f"{SSE}::artifacts", f"{CIPHER}.sseAlgorithm", "AES256"),
        BUCKET,
    ),
    breaks(
        "stores-refuse-plain-connections",
        "a bucket that answers plain HTTP",
        text(f"{POLICY}::artifacts", "policy", "aws:SecureTransport", "aws:ViaAWSService"),
    ),
    breaks(
        "keys-rotate-in-time",
        "a key that never rotates",
        put(f"{KEY}::keys-cluster", "enableKeyRotation", value=False),
    ),
    breaks(
        "logs-use-our-keys",
        "logs under the cloud's own key",
        put(f"{LOG}::cluster-control-plane", "kmsKeyId", ""),
    ),
    breaks(
        "cluster-secrets-use-our-keys",
        "secrets of the cluster in the open",
        drop(CLUSTER, "encryptionConfig"),
    ),
    breaks(
        "disks-use-our-keys",
        "a root disk in the open",
        put(f"{TEMPLATE}::cluster-system", "blockDeviceMappings[0].ebs.encrypted", "false"),
    ),
    breaks(
        "control-planes-are-private",
        "a control plane on the internet",
        put(CLUSTER, "vpcConfig.endpointPublicAccess", value=True),
    ),
    breaks("nothing-is-open-to-everyone", "a port open to everyone", put(DOOR, "cidrIpv4", "0.0.0.0/0")),
    breaks(
        "metadata-needs-a-session",
        "metadata without a session",
        put(f"{TEMPLATE}::cluster-system", "metadataOptions.httpTokens", "optional"),
    ),
    breaks(
        "permissions-name-their-actions",
        "all of S3 for the trainer",
        text(f"{RIGHTS}::pretrain", "policy", 's3:GetObject"', 's3:*"'),
    ),
    breaks(
        "nobody-holds-static-keys",
        "a user with a password",
        more("aws:iam/user:User::mallory", {"name": "mallory"}),
    ),
    breaks("stores-are-not-public", "a bucket that may become public", gone(f"{BLOCK}::artifacts"), BUCKET),
    breaks("networks-log-their-flows", "a network that logs nothing", gone(FLOWS), VPC),
    breaks(
        "stores-keep-versions",
        "a bucket without versions",
        put(f"{VERSIONS}::artifacts", "versioningConfiguration.status", "Suspended"),
        BUCKET,
    ),
    breaks("stores-log-who-reads", "a bucket that nobody watches", gone(f"{ACCESS_LOG}::artifacts"), BUCKET),
    breaks(
        "logs-are-kept-ninety-days", "logs for a month", put(f"{LOG}::network-flows", "retentionInDays", 30)
    ),
    breaks(
        "control-planes-write-audit-logs",
        "a control plane without an audit log",
        put(CLUSTER, "enabledClusterLogTypes", ["api"]),
    ),
    breaks("resources-say-whose-they-are", "a cluster of nobody", drop(CLUSTER, "tags.owner")),
    breaks(
        "what-holds-data-names-its-class",
        "a bucket of nothing in particular",
        drop(BUCKET, 'tags."data-class"'),
    ),
    ADMIN,
)
KARPENTER: tuple[Mutation, ...] = (
    breaks(
        "disks-use-our-keys",
        "a root disk of Karpenter in the open",
        drop(NODES, "spec.blockDeviceMappings[0].ebs.kmsKeyID"),
    ),
    breaks(
        "metadata-needs-a-session",
        "metadata for pods on Karpenter's machines",
        put(NODES, "spec.metadataOptions.httpPutResponseHopLimit", 2),
    ),
    breaks(
        "nodes-have-no-public-address",
        "Karpenter's machines with addresses",
        put(NODES, "spec.associatePublicIPAddress", value=True),
    ),
    breaks(
        "gpu-pools-repel-other-pods",
        "Karpenter's GPUs for any pod",
        drop("kubernetes:karpenter.sh/v1:NodePool::serve-pool", "spec.template.spec.taints"),
    ),
)
PROD: tuple[Mutation, ...] = (
    *BOTH,
    *KARPENTER,
    *TRAINING,
    *SERVING,
    breaks(
        "stores-stay-in-their-jurisdictions",
        "a replica in Virginia",
        put("aws:s3/bucket:Bucket::corpus-eu-central-1", "region", "us-east-1"),
    ),
    breaks(
        "keys-stay-in-their-jurisdictions",
        "a key's replica in Virginia",
        put(f"{REPLICA}::keys-customer-text-eu-central-1", "region", "us-east-1"),
    ),
    breaks(
        "logs-stay-in-their-jurisdictions",
        "a log in Virginia",
        put(f"{LOG}::filesystem", "region", "us-east-1"),
    ),
    breaks(
        "links-end-in-their-jurisdictions",
        "a link that ends in Virginia",
        put(f"{LINK}::home-eqpa3-1", "region", "us-east-1"),
    ),
    breaks("compute-stays-with-its-data", "a cluster in Virginia", put(CLUSTER, "region", "us-east-1")),
    breaks(
        "copies-keep-the-class-of-their-source",
        "weights under the class of customers",
        put(LUSTRE, 'tags."data-class"', "customer-text"),
        "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation::filesystem",
    ),
    breaks("filesystems-use-our-keys", "a file system under Amazon's own key", drop(LUSTRE, "kmsKeyId")),
    breaks(
        "links-with-personal-data-are-encrypted",
        "a link that may go without MACsec",
        put(f"{LINK}::home-eqsk1-1", "encryptionMode", "should_encrypt"),
    ),
    breaks("queues-use-our-keys", "a queue under Amazon's own key", drop(QUEUE, "kmsMasterKeyId")),
    breaks(
        "stack-stays-under-its-cap",
        "eighty machines for eight",
        put(f"{POOL}::cluster-train", "scalingConfig.desiredSize", 80),
        "*",
    ),
    breaks(
        "teams-stay-under-their-caps",
        "a cap for the team",
        put(f"{ENVIRONMENT}::aws-prod", "budget.perTeam.ml-platform", 300000),
        "*",
    ),
    breaks(
        "fabric-interfaces-match-the-machine",
        "one fabric interface too few",
        drop(f"{TEMPLATE}::cluster-train", "networkInterfaces[7]"),
        f"{POOL}::cluster-train",
    ),
    breaks(
        "fabric-pools-sit-close-together",
        "a fabric over two zones",
        put(f"{POOL}::cluster-train", "subnetIds[1]", "subnet-0f0f0f0f0f0f0f0f0"),
    ),
    breaks("gpu-pools-repel-other-pods", "GPUs for any pod", drop(f"{POOL}::cluster-train", "taints")),
    breaks(
        "scarce-pools-do-not-surge",
        "an upgrade that buys more H100",
        put(f"{POOL}::cluster-train", "updateConfig.updateStrategy", "DEFAULT"),
    ),
    breaks(
        "capacity-is-sold-that-way",
        "a machine on demand that is not sold so",
        put(f"{POOL}::cluster-train", "instanceTypes[0]", "p5e.48xlarge"),
    ),
    breaks(
        "gpu-pods-share-memory",
        "training without shared memory",
        drop("kubernetes:batch/v1:Job::pretrain", "spec.template.spec.containers[0].volumeMounts[1]"),
    ),
    breaks(
        "nodes-have-no-public-address",
        "a machine with a public address",
        put(f"{TEMPLATE}::cluster-train", "networkInterfaces[0].associatePublicIpAddress", "true"),
    ),
    breaks(
        "clusters-refuse-deletion",
        "a cluster that anyone may delete",
        put(CLUSTER, "deletionProtection", value=False),
    ),
    breaks(
        "stateful-resources-are-protected",
        "a corpus without protection",
        bare("aws:s3/bucket:Bucket::corpus"),
    ),
    breaks(
        "admins-prove-who-they-are",
        "an administrator without a second factor",
        more(
            "aws:iam/role:Role::admins",
            {"assumeRolePolicy": TRUST},
        ),
    ),
    breaks(
        "trails-cover-every-region",
        "a trail of one region",
        more(
            "aws:cloudtrail/trail:Trail::all",
            {
                "s3BucketName": "artifacts-access-logs",
                "kmsKeyId": "arn:aws:kms:eu-north-1:123456789012:key/1",
                "enableLogFileValidation": True,
            },
        ),
    ),
)
DEV: tuple[Mutation, ...] = (
    *BOTH,
    *TRAINING,
    breaks(
        "stack-stays-under-its-cap",
        "ten GPU machines",
        put(f"{POOL}::cluster-gpu", "scalingConfig.desiredSize", 40),
        "*",
    ),
    breaks("gpu-pools-repel-other-pods", "GPUs for any pod", drop(f"{POOL}::cluster-gpu", "taints")),
)
