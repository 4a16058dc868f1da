"""Rows for the rules of encryption."""

import json
from collections.abc import Mapping
from typing import Any

from policy.model.resource import Resource
from tests.policy.make import resource as r
from tests.policy.rules.case import UNKNOWN, breaks, keeps, unsure

KEY = r("aws:kms/key:Key", "key", enableKeyRotation=True)
ARN = "arn:aws:kms:eu-west-1:111122223333:key/0c5b0a3e"
GCP_KEY = "projects/p/locations/europe-west4/keyRings/r/cryptoKeys/k"
DISK_SET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/diskEncryptionSets/des"
BUCKET = r("aws:s3/bucket:Bucket", "bucket")
SSE = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
RING = r("localhost:index:KeyRing", "ring", path="/k")


def sse(algorithm: str, **key: object) -> list[dict[str, object]]:
    """Make the rules of a bucket's encryption."""
    return [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm, **key}}]


def sidecar(kind: str, **given: object) -> Resource:
    """Make a resource that configures the bucket."""
    return r(kind, "configured", from_={"bucket": BUCKET}, given={"bucket": UNKNOWN, **given})


def plain_denied(effect: str = "Deny") -> str:
    """Make a bucket policy on insecure transport."""
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    return json.dumps({"Statement": [{"Effect": effect, "Action": "s3:*", "Condition": condition}]})


def rotating(days: int, action: str = "rotate") -> dict[str, object]:
    """Make a rotation policy of Key Vault."""
    return {
        "rotationPolicy": {
            "lifetimeActions": [{"action": {"type": action}, "trigger": {"timeAfterCreate": f"P{days}D"}}]
        }
    }


STORES = [
    keeps(
        "stores-use-our-keys",
        "under a key ring",
        r("localhost:index:Bucket", "b", encryption="customer-managed", keyRing="/k"),
    ),
    keeps(
        "stores-use-our-keys",
        "key ring of the same preview",
        RING,
        r("localhost:index:Bucket", "b", keyRing=UNKNOWN, from_={"keyRing": RING}),
    ),
    breaks("stores-use-our-keys", "no encryption", r("localhost:index:Bucket", "b", encryption="none")),
    breaks(
        "stores-use-our-keys", "no key ring", r("localhost:index:Bucket", "b", encryption="customer-managed")
    ),
    unsure("stores-use-our-keys", "key ring from nowhere", r("localhost:index:Bucket", "b", keyRing=UNKNOWN)),
    breaks("stores-use-our-keys", "no configuration", BUCKET),
    breaks("stores-use-our-keys", "AES256", sidecar(SSE, rules=sse("AES256")), BUCKET),
    breaks(
        "stores-use-our-keys",
        "alias of AWS's own key",
        sidecar(SSE, rules=sse("aws:kms", kmsMasterKeyId="alias/aws/s3")),
        BUCKET,
    ),
    keeps(
        "stores-use-our-keys", "key by ARN", sidecar(SSE, rules=sse("aws:kms", kmsMasterKeyId=ARN)), BUCKET
    ),
    keeps(
        "stores-use-our-keys",
        "key of the same preview",
        KEY,
        r(
            SSE,
            "s",
            from_={"bucket": BUCKET, "rules": KEY},
            bucket=UNKNOWN,
            rules=sse("aws:kms", kmsMasterKeyId=UNKNOWN),
        ),
        BUCKET,
    ),
    unsure(
        "stores-use-our-keys",
        "key from nowhere",
        sidecar(SSE, rules=sse("aws:kms", kmsMasterKeyId=UNKNOWN)),
        BUCKET,
    ),
    keeps(
        "stores-use-our-keys",
        "key by name",
        r("gcp:storage/bucket:Bucket", "b", encryption={"defaultKmsKeyName": GCP_KEY}),
    ),
    breaks("stores-use-our-keys", "Google's key", r("gcp:storage/bucket:Bucket", "b", location="EU")),
    keeps(
        "stores-use-our-keys",
        "key vault",
        r(
            "azure-native:storage:StorageAccount",
            "a",
            encryption={"keySource": "Microsoft.Keyvault", "keyVaultProperties": {"keyName": "k"}},
        ),
    ),
    breaks(
        "stores-use-our-keys",
        "Microsoft's key",
        r("azure-native:storage:StorageAccount", "a", encryption={"keySource": "Microsoft.Storage"}),
    ),
]
LOGGING = r(
    "aws:s3/bucketLogging:BucketLogging",
    "l",
    bucket="data",
    targetBucket=UNKNOWN,
    from_={"targetBucket": BUCKET},
)
STORES += [
    keeps("stores-use-our-keys", "takes access logs", sidecar(SSE, rules=sse("AES256")), LOGGING, BUCKET),
    breaks("stores-use-our-keys", "takes access logs in the open", LOGGING, BUCKET),
]
KEYS = [
    keeps(
        "keys-rotate-in-time",
        "by default",
        r("localhost:index:KeyRing", "k", path="/k"),
        environment={"dataClasses": {"corpus": {}}},
    ),
    breaks(
        "keys-rotate-in-time",
        "slower than the strictest class",
        r("localhost:index:KeyRing", "k", rotationDays=90),
    ),
    keeps(
        "keys-rotate-in-time",
        "class of its own",
        r(
            "aws:kms/key:Key",
            "k",
            enableKeyRotation=True,
            rotationPeriodInDays=90,
            tags={"data-class": "corpus"},
        ),
    ),
    breaks(
        "keys-rotate-in-time",
        "no rotation",
        r("aws:kms/key:Key", "k", rotationPeriodInDays=90, tags={"data-class": "corpus"}),
    ),
    breaks(
        "keys-rotate-in-time", "AWS's default of a year", r("aws:kms/key:Key", "k", enableKeyRotation=True)
    ),
    keeps("keys-rotate-in-time", "signing key", r("aws:kms/key:Key", "k", keyUsage="SIGN_VERIFY")),
    keeps(
        "keys-rotate-in-time", "in seconds", r("gcp:kms/cryptoKey:CryptoKey", "k", rotationPeriod="2592000s")
    ),
    breaks("keys-rotate-in-time", "never", r("gcp:kms/cryptoKey:CryptoKey", "k")),
    unsure(
        "keys-rotate-in-time", "unknown period", r("gcp:kms/cryptoKey:CryptoKey", "k", rotationPeriod=UNKNOWN)
    ),
    keeps("keys-rotate-in-time", "by policy", r("azure-native:keyvault:Key", "k", properties=rotating(30))),
    breaks(
        "keys-rotate-in-time", "too slowly", r("azure-native:keyvault:Key", "k", properties=rotating(365))
    ),
    breaks(
        "keys-rotate-in-time",
        "told only",
        r("azure-native:keyvault:Key", "k", properties=rotating(30, "notify")),
    ),
    breaks(
        "keys-rotate-in-time", "no policy", r("azure-native:keyvault:Key", "k", properties={"kty": "RSA"})
    ),
    keeps("keys-survive-a-mistake", "by default", KEY),
    keeps(
        "keys-survive-a-mistake",
        "two weeks",
        r("gcp:kms/cryptoKey:CryptoKey", "k", destroyScheduledDuration="1209600s"),
    ),
    breaks(
        "keys-survive-a-mistake",
        "one day",
        r("gcp:kms/cryptoKey:CryptoKey", "k", destroyScheduledDuration="86400s"),
    ),
    keeps(
        "keys-survive-a-mistake",
        "purge protection",
        r("azure-native:keyvault:Vault", "v", properties={"enablePurgeProtection": True}),
    ),
    breaks(
        "keys-survive-a-mistake",
        "purge at once",
        r("azure-native:keyvault:Vault", "v", properties={"softDeleteRetentionInDays": 90}),
    ),
]


def template(**ebs: object) -> Resource:
    """Make a launch template with one disk."""
    return r(
        "aws:ec2/launchTemplate:LaunchTemplate",
        "t",
        blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": ebs}],
    )


DISKS = [
    keeps("disks-use-our-keys", "root disk", template(encrypted="true", kmsKeyId=ARN)),
    breaks("disks-use-our-keys", "AWS's key", template(encrypted="true")),
    breaks(
        "disks-use-our-keys",
        "as the image says",
        r("aws:ec2/launchTemplate:LaunchTemplate", "t", instanceType="p5.48xlarge"),
    ),
    keeps("disks-use-our-keys", "data disk", r("aws:ebs/volume:Volume", "v", encrypted=True, kmsKeyId=ARN)),
    breaks("disks-use-our-keys", "in the open", r("aws:ebs/volume:Volume", "v", kmsKeyId=ARN)),
    keeps(
        "disks-use-our-keys",
        "data disk",
        r("gcp:compute/disk:Disk", "d", diskEncryptionKey={"kmsKeySelfLink": GCP_KEY}),
    ),
    keeps(
        "disks-use-our-keys",
        "boot disk",
        r("gcp:container/nodePool:NodePool", "p", nodeConfig={"bootDiskKmsKey": GCP_KEY}),
    ),
    breaks(
        "disks-use-our-keys",
        "Google's key",
        r("gcp:container/nodePool:NodePool", "p", nodeConfig={"machineType": "a3-highgpu-8g"}),
    ),
    keeps(
        "disks-use-our-keys",
        "encryption set",
        r("azure-native:compute:Disk", "d", encryption={"diskEncryptionSetId": DISK_SET}),
    ),
    breaks("disks-use-our-keys", "Microsoft's key", r("azure-native:compute:Disk", "d", diskSizeGB=100)),
    breaks(
        "disks-use-our-keys",
        "Microsoft's key",
        r("azure-native:containerservice:ManagedCluster", "c", kubernetesVersion="1.35"),
    ),
]
EKS, GKE, AKS = (
    "aws:eks/cluster:Cluster",
    "gcp:container/cluster:Cluster",
    "azure-native:containerservice:ManagedCluster",
)
REST = [
    keeps(
        "cluster-secrets-use-our-keys",
        "secrets",
        r(EKS, "c", encryptionConfig={"resources": ["secrets"], "provider": {"keyArn": ARN}}),
    ),
    keeps(
        "cluster-secrets-use-our-keys",
        "key of the same preview",
        KEY,
        r(
            EKS,
            "c",
            encryptionConfig={"resources": ["secrets"], "provider": {"keyArn": UNKNOWN}},
            from_={"encryptionConfig": KEY},
        ),
    ),
    breaks("cluster-secrets-use-our-keys", "none", r(EKS, "c", roleArn="r")),
    keeps(
        "cluster-secrets-use-our-keys",
        "encrypted",
        r(GKE, "c", databaseEncryption={"state": "ENCRYPTED", "keyName": GCP_KEY}),
    ),
    breaks(
        "cluster-secrets-use-our-keys", "decrypted", r(GKE, "c", databaseEncryption={"state": "DECRYPTED"})
    ),
    keeps(
        "cluster-secrets-use-our-keys",
        "key vault",
        r(AKS, "c", securityProfile={"azureKeyVaultKms": {"enabled": True, "keyId": "https://v/keys/k"}}),
    ),
    breaks(
        "cluster-secrets-use-our-keys",
        "off",
        r(AKS, "c", securityProfile={"azureKeyVaultKms": {"enabled": False}}),
    ),
    keeps(
        "filesystems-use-our-keys",
        "persistent",
        r("aws:fsx/lustreFileSystem:LustreFileSystem", "f", deploymentType="PERSISTENT_2", kmsKeyId=ARN),
    ),
    breaks(
        "filesystems-use-our-keys",
        "scratch",
        r("aws:fsx/lustreFileSystem:LustreFileSystem", "f", deploymentType="SCRATCH_2"),
    ),
    keeps(
        "filesystems-use-our-keys", "managed Lustre", r("gcp:lustre/instance:Instance", "f", kmsKey=GCP_KEY)
    ),
    breaks(
        "filesystems-use-our-keys",
        "Parallelstore",
        r("gcp:parallelstore/instance:Instance", "f", capacityGib="12000"),
    ),
    breaks(
        "filesystems-use-our-keys",
        "Microsoft's key",
        r("azure-native:storagecache:AmlFilesystem", "f", storageCapacityTiB=48),
    ),
    keeps("logs-use-our-keys", "log group", r("aws:cloudwatch/logGroup:LogGroup", "l", kmsKeyId=ARN)),
    breaks("logs-use-our-keys", "log group", r("aws:cloudwatch/logGroup:LogGroup", "l", retentionInDays=90)),
    breaks(
        "logs-use-our-keys",
        "log bucket",
        r("gcp:logging/projectBucketConfig:ProjectBucketConfig", "l", retentionDays=90),
    ),
    keeps("queues-use-our-keys", "queue", r("aws:sqs/queue:Queue", "q", kmsMasterKeyId=ARN)),
    breaks(
        "queues-use-our-keys",
        "alias of AWS's own key",
        r("aws:sqs/queue:Queue", "q", kmsMasterKeyId="alias/aws/sqs"),
    ),
    breaks("queues-use-our-keys", "topic", r("gcp:pubsub/topic:Topic", "t", labels={})),
    keeps(
        "backups-use-our-keys",
        "copy",
        r("aws:ebs/snapshotCopy:SnapshotCopy", "s", encrypted=True, kmsKeyId=ARN),
    ),
    breaks(
        "backups-use-our-keys",
        "copy in the open",
        r("aws:ebs/snapshotCopy:SnapshotCopy", "s", sourceRegion="eu-west-1"),
    ),
    breaks("backups-use-our-keys", "vault", r("aws:backup/vault:Vault", "v", forceDestroy=False)),
    keeps("stored-secrets-use-our-keys", "ours", r("aws:secretsmanager/secret:Secret", "s", kmsKeyId=ARN)),
    breaks(
        "stored-secrets-use-our-keys",
        "AWS's",
        r("aws:secretsmanager/secret:Secret", "s", kmsKeyId="alias/aws/secretsmanager"),
    ),
    breaks(
        "stored-secrets-use-our-keys",
        "Google's",
        r("gcp:secretmanager/secret:Secret", "s", replication={"auto": {}}),
    ),
    keeps("local-scratch-is-encrypted", "Nitro", template(encrypted="true", kmsKeyId=ARN)),
    keeps(
        "local-scratch-is-encrypted",
        "at the host",
        r("azure-native:containerservice:AgentPool", "p", enableEncryptionAtHost=True),
    ),
    breaks(
        "local-scratch-is-encrypted",
        "in the open",
        r("azure-native:containerservice:AgentPool", "p", vmSize="Standard_ND96isr_H100_v5"),
    ),
]
CUT: Mapping[str, Any] = {"dataClasses": {"public": {}}}
MOVING = [
    keeps(
        "endpoints-speak-tls-1-3",
        "1.3 only",
        r("aws:lb/listener:Listener", "l", protocol="HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-3-2021-06"),
    ),
    breaks(
        "endpoints-speak-tls-1-3",
        "1.2 too",
        r("aws:lb/listener:Listener", "l", protocol="HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06"),
    ),
    keeps("endpoints-speak-tls-1-3", "no TLS here", r("aws:lb/listener:Listener", "l", protocol="TCP")),
    unsure(
        "endpoints-speak-tls-1-3", "unknown protocol", r("aws:lb/listener:Listener", "l", protocol=UNKNOWN)
    ),
    breaks(
        "endpoints-speak-tls-1-3",
        "no certificate",
        r("kubernetes:networking.k8s.io/v1:Ingress", "i", spec={"rules": []}),
    ),
    keeps("stores-refuse-plain-connections", "denied", sidecar(POLICY, policy=plain_denied()), BUCKET),
    breaks(
        "stores-refuse-plain-connections", "allowed", BUCKET, sidecar(POLICY, policy=plain_denied("Allow"))
    ),
    breaks("stores-refuse-plain-connections", "no policy", BUCKET),
    keeps(
        "stores-refuse-plain-connections",
        "1.2",
        r("azure-native:storage:StorageAccount", "a", minimumTlsVersion="TLS1_2"),
    ),
    breaks(
        "stores-refuse-plain-connections",
        "1.0",
        r("azure-native:storage:StorageAccount", "a", minimumTlsVersion="TLS1_0"),
    ),
    keeps(
        "links-with-personal-data-are-encrypted",
        "MACsec",
        r("aws:directconnect/connection:Connection", "c", encryptionMode="must_encrypt"),
    ),
    breaks(
        "links-with-personal-data-are-encrypted",
        "should_encrypt",
        r("aws:directconnect/connection:Connection", "c", encryptionMode="should_encrypt"),
    ),
    breaks(
        "links-with-personal-data-are-encrypted",
        "a carrier's connection",
        r("aws:directconnect/connectionConfirmation:ConnectionConfirmation", "c", connectionId="dxcon-1"),
    ),
    keeps(
        "links-with-personal-data-are-encrypted",
        "a carrier's connection without personal data",
        r("aws:directconnect/connectionConfirmation:ConnectionConfirmation", "c", connectionId="dxcon-1"),
        environment=CUT,
    ),
    breaks(
        "links-with-personal-data-are-encrypted",
        "a partner's port",
        r("gcp:compute/interconnectAttachment:InterconnectAttachment", "a", type="PARTNER"),
    ),
    unsure(
        "links-with-personal-data-are-encrypted",
        "who knows whose port",
        r("gcp:compute/interconnectAttachment:InterconnectAttachment", "a", type=UNKNOWN),
    ),
    keeps(
        "links-with-personal-data-are-encrypted",
        "a port of its own",
        r("gcp:compute/interconnectAttachment:InterconnectAttachment", "a", type="DEDICATED"),
    ),
    breaks(
        "links-with-personal-data-are-encrypted",
        "a carrier's circuit",
        r(
            "azure-native:network:ExpressRouteCircuit",
            "c",
            serviceProviderProperties={"serviceProviderName": "Equinix"},
        ),
    ),
    keeps(
        "links-with-personal-data-are-encrypted",
        "a circuit of its own port",
        r("azure-native:network:ExpressRouteCircuit", "c", expressRoutePort={"id": "port"}),
    ),
    keeps(
        "links-with-personal-data-are-encrypted",
        "public data",
        r("aws:directconnect/connection:Connection", "c", tags={"data-class": "public"}),
    ),
    keeps(
        "links-with-personal-data-are-encrypted",
        "no personal data",
        r("gcp:compute/interconnect:Interconnect", "i", linkType="LINK_TYPE_ETHERNET_10G_LR"),
        environment=CUT,
    ),
    breaks(
        "links-with-personal-data-are-encrypted",
        "plain",
        r("gcp:compute/interconnect:Interconnect", "i", macsecEnabled=False),
    ),
    breaks(
        "links-with-personal-data-are-encrypted",
        "plain",
        r("azure-native:network:ExpressRoutePort", "p", links=[{"name": "link1", "adminState": "Enabled"}]),
    ),
    keeps(
        "links-with-personal-data-are-encrypted",
        "ordered and switched off",
        r("azure-native:network:ExpressRoutePort", "p", bandwidthInGbps=10),
    ),
    keeps(
        "serving-asks-for-a-client-certificate",
        "verify",
        r("aws:lb/listener:Listener", "l", protocol="HTTPS", mutualAuthentication={"mode": "verify"}),
    ),
    breaks(
        "serving-asks-for-a-client-certificate",
        "anyone",
        r("aws:lb/listener:Listener", "l", protocol="HTTPS", mutualAuthentication={"mode": "off"}),
    ),
]
CASES = [*STORES, *KEYS, *DISKS, *REST, *MOVING]
