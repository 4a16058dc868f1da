"""Rows for the rules of residency."""

from collections.abc import Mapping
from typing import Any

from policy.model.resource import Resource
from tests.policy.make import resource as r
from tests.policy.rules.case import UNKNOWN, breaks, keeps, unsure

S3, GCS, ACCOUNT = "aws:s3/bucket:Bucket", "gcp:storage/bucket:Bucket", "azure-native:storage:StorageAccount"
EU = {"data-class": "corpus"}
PUBLIC = {"data-class": "public"}
HOME = r(S3, "home", tags=EU, region="eu-central-1")


def bucket(name: str, region: str, tags: Mapping[str, str] = EU) -> Resource:
    """Make a bucket of a provider's region."""
    return r(S3, name, tags=tags, region=region)


def replicated(target: Resource, source: Resource = HOME) -> list[Resource]:
    """Make a replication between two buckets of the same preview."""
    rules = [{"destination": {"bucket": UNKNOWN}, "status": "Enabled"}]
    given = {"bucket": UNKNOWN, "rules": rules}
    made = r(
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "x",
        from_={"bucket": source, "rules": target},
        given=given,
    )
    return [source, target, made]


def account(sku: str, location: str) -> Resource:
    """Make a storage account."""
    return r(ACCOUNT, "a", tags=EU, sku={"name": sku}, location=location)


def plan(arn: object, tags: Mapping[str, str] = EU) -> Resource:
    """Make a backup plan that copies to another vault."""
    rules = [{"ruleName": "daily", "targetVaultName": "v", "copyActions": [{"destinationVaultArn": arn}]}]
    return r("aws:backup/plan:Plan", "p", rules=rules, tags=tags)


def vault(region: str) -> str:
    """Make the ARN of a backup vault."""
    return f"arn:aws:backup:{region}:111122223333:backup-vault:v"


RING = r("gcp:kms/keyRing:KeyRing", "ring", location="europe-west4")
FAR_RING = r("gcp:kms/keyRing:KeyRing", "far", location="us-central1")
LUSTRE = r("aws:fsx/lustreFileSystem:LustreFileSystem", "lustre", tags=PUBLIC, region="eu-central-1")
DISK = r("gcp:compute/disk:Disk", "disk", labels=EU, zone="europe-west4-a")
SINK = "gcp:logging/projectSink:ProjectSink"


def gcp_key(ring: Resource) -> list[Resource]:
    """Make a key in a ring of the same preview."""
    return [ring, r("gcp:kms/cryptoKey:CryptoKey", "k", labels=EU, keyRing=UNKNOWN, from_={"keyRing": ring})]


def linked(store: Resource, filesystem: Resource) -> list[Resource]:
    """Make the association of a file system with a bucket."""
    sources = {"dataRepositoryPath": store, "fileSystemId": filesystem}
    given = {"dataRepositoryPath": UNKNOWN, "fileSystemId": UNKNOWN}
    kind = "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation"
    return [store, filesystem, r(kind, "a", from_=sources, given=given)]


def sunk(target: Resource) -> list[Resource]:
    """Make a log sink to a bucket of the same preview."""
    return [target, r(SINK, "s", destination=UNKNOWN, from_={"destination": target})]


NOWHERE: Mapping[str, Any] = {"environment": {"jurisdiction": None}}
STAYS = "stores-stay-in-their-jurisdictions"


def vaulted(location: str) -> list[Resource]:
    """Make a key and the vault that it lies in."""
    vault = r("azure-native:keyvault:Vault", "v", location=location)
    key = r("azure-native:keyvault:Key", "k", tags=EU, vaultName=UNKNOWN, from_={"vaultName": vault})
    return [key, vault]


CASES = [
    keeps(STAYS, "own site", r("localhost:index:Bucket", "b", dataClass="corpus")),
    breaks(
        STAYS,
        "own site elsewhere",
        r("localhost:index:Bucket", "b", dataClass="corpus"),
        environment={"jurisdiction": "us"},
    ),
    keeps(
        STAYS,
        "a country of the area",
        r("localhost:index:Bucket", "b", dataClass="corpus"),
        environment={"jurisdiction": "de"},
    ),
    unsure(STAYS, "nobody says where", r("localhost:index:Bucket", "b", dataClass="corpus"), **NOWHERE),
    keeps(STAYS, "provider's region", bucket("b", "eu-north-1")),
    breaks(STAYS, "provider's region", bucket("b", "us-east-1")),
    breaks(STAYS, "London has left", bucket("b", "eu-west-2")),
    keeps(STAYS, "public data", bucket("b", "us-east-1", PUBLIC)),
    unsure(STAYS, "unknown region", r(S3, "b", given={"tags": EU, "region": UNKNOWN})),
    unsure(STAYS, "no such region", bucket("b", "eu-nowhere-9")),
    keeps(STAYS, "multi-region EU", r(GCS, "b", labels=EU, location="EU")),
    breaks(STAYS, "multi-region US", r(GCS, "b", labels=EU, location="US")),
    breaks(
        STAYS,
        "dual region over the border",
        r(
            GCS,
            "b",
            labels=EU,
            location="EU",
            customPlacementConfig={"dataLocations": ["EUROPE-WEST4", "EUROPE-WEST2"]},
        ),
    ),
    keeps(STAYS, "region", account("Standard_ZRS", "westeurope")),
    breaks(STAYS, "region", account("Standard_ZRS", "eastus")),
    keeps("disks-stay-in-their-jurisdictions", "zone", DISK),
    breaks(
        "disks-stay-in-their-jurisdictions",
        "zone",
        r("aws:ebs/volume:Volume", "v", tags=EU, availabilityZone="us-east-1a"),
    ),
    keeps("keys-stay-in-their-jurisdictions", "ring of the same preview", *gcp_key(RING)),
    breaks("keys-stay-in-their-jurisdictions", "ring elsewhere", *reversed(gcp_key(FAR_RING))),
    keeps("keys-stay-in-their-jurisdictions", "judged with its ring", *gcp_key(FAR_RING)),
    keeps("keys-stay-in-their-jurisdictions", "vault here", *vaulted("westeurope")),
    breaks("keys-stay-in-their-jurisdictions", "vault elsewhere", *vaulted("eastus")),
    unsure("keys-stay-in-their-jurisdictions", "a vault of others", vaulted("westeurope")[0]),
    breaks(
        "keys-stay-in-their-jurisdictions",
        "replica",
        r("aws:kms/replicaKey:ReplicaKey", "k", tags=EU, region="us-east-1"),
    ),
    keeps("keys-stay-in-their-jurisdictions", "no class", r("aws:kms/key:Key", "k", region="us-east-1")),
    keeps(
        "snapshots-stay-in-their-jurisdictions",
        "here",
        r("gcp:compute/snapshot:Snapshot", "s", labels=EU, storageLocations=["eu"]),
    ),
    breaks(
        "snapshots-stay-in-their-jurisdictions",
        "there",
        r("gcp:compute/snapshot:Snapshot", "s", labels=EU, storageLocations=["us"]),
    ),
    unsure(
        "messages-stay-in-their-jurisdictions", "nowhere named", r("gcp:pubsub/topic:Topic", "t", labels=EU)
    ),
    keeps(
        "messages-stay-in-their-jurisdictions",
        "named",
        r(
            "gcp:pubsub/topic:Topic",
            "t",
            labels=EU,
            messageStoragePolicy={"allowedPersistenceRegions": ["europe-west4"]},
        ),
    ),
    breaks(
        "messages-stay-in-their-jurisdictions",
        "one too many",
        r(
            "gcp:pubsub/topic:Topic",
            "t",
            labels=EU,
            messageStoragePolicy={"allowedPersistenceRegions": ["europe-west4", "us-east1"]},
        ),
    ),
    keeps(
        "compute-stays-with-its-data",
        "zone",
        r("gcp:container/cluster:Cluster", "c", resourceLabels=EU, location="europe-west4-b"),
    ),
    breaks(
        "compute-stays-with-its-data",
        "region",
        r("aws:eks/cluster:Cluster", "c", tags=EU, region="us-west-2"),
    ),
    keeps(
        "logs-stay-in-their-jurisdictions",
        "here",
        r("aws:cloudwatch/logGroup:LogGroup", "l", region="eu-central-1"),
    ),
    breaks(
        "logs-stay-in-their-jurisdictions",
        "strictest class counts",
        r("aws:cloudwatch/logGroup:LogGroup", "l", region="us-east-1"),
    ),
    keeps(
        "logs-stay-in-their-jurisdictions",
        "class of its own",
        r("aws:cloudwatch/logGroup:LogGroup", "l", tags=PUBLIC, region="us-east-1"),
    ),
    keeps("logs-stay-in-their-jurisdictions", "sink", *sunk(r(GCS, "logs", location="EU"))),
    breaks("logs-stay-in-their-jurisdictions", "sink", *sunk(r(GCS, "logs", location="US"))),
    unsure(
        "logs-stay-in-their-jurisdictions",
        "sink to somewhere",
        r(SINK, "s", destination="storage.googleapis.com/other"),
    ),
    keeps("replicas-stay-in-their-jurisdictions", "inside", *replicated(bucket("copy", "eu-north-1"))),
    breaks(
        "replicas-stay-in-their-jurisdictions",
        "outside under a laxer class",
        *replicated(bucket("copy", "us-east-1", PUBLIC)),
    ),
    keeps(
        "replicas-stay-in-their-jurisdictions",
        "outside under the same class, as a store",
        *replicated(bucket("copy", "us-east-1")),
    ),
    keeps(
        "replicas-stay-in-their-jurisdictions",
        "public",
        *replicated(bucket("copy", "us-east-1"), bucket("open", "eu-west-1", PUBLIC)),
    ),
    keeps("replicas-stay-in-their-jurisdictions", "zones", account("Standard_ZRS", "westeurope")),
    keeps("replicas-stay-in-their-jurisdictions", "pair inside", account("Standard_GRS", "westeurope")),
    breaks(
        "replicas-stay-in-their-jurisdictions",
        "pair outside",
        account("Standard_RAGRS", "westeurope"),
        environment={"dataClasses": {"corpus": {"jurisdictions": ["nl"]}}},
    ),
    keeps(
        "replicas-stay-in-their-jurisdictions",
        "itself outside, as a store",
        account("Standard_RAGRS", "brazilsouth"),
    ),
    keeps("backups-stay-in-their-jurisdictions", "inside", plan(vault("eu-west-1"))),
    breaks("backups-stay-in-their-jurisdictions", "outside", plan(vault("us-east-1"))),
    unsure("backups-stay-in-their-jurisdictions", "unknown vault", plan(UNKNOWN)),
    keeps(
        "links-end-in-their-jurisdictions",
        "inside",
        r(
            "gcp:compute/interconnectAttachment:InterconnectAttachment",
            "i",
            labels=EU,
            given={"region": "europe-west4"},
        ),
    ),
    breaks(
        "links-end-in-their-jurisdictions",
        "outside",
        r(
            "gcp:compute/interconnectAttachment:InterconnectAttachment",
            "i",
            labels=EU,
            given={"region": "us-east4"},
        ),
    ),
    keeps(
        "links-end-in-their-jurisdictions",
        "inside, at a site",
        r("causeway:index:Interconnect", "line", platform="onprem", labels=EU),
    ),
    breaks(
        "links-end-in-their-jurisdictions",
        "outside, at a site",
        r("causeway:index:Interconnect", "line", platform="onprem", labels=EU),
        environment={"jurisdiction": "us"},
    ),
    breaks(
        "links-end-in-their-jurisdictions",
        "outside, from a stack over two environments",
        r("aws:directconnect/connection:Connection", "line", tags=EU, region="us-east-1"),
        environment={"platform": "", "region": "", "jurisdiction": "eu"},
    ),
    keeps(
        "links-end-in-their-jurisdictions",
        "inside, from a stack over two environments",
        r("aws:directconnect/connection:Connection", "line", tags=EU, region="eu-north-1"),
        environment={"platform": "", "region": "", "jurisdiction": "us"},
    ),
    keeps(
        "copies-keep-the-class-of-their-source",
        "same class",
        *linked(HOME, r("aws:fsx/lustreFileSystem:LustreFileSystem", "f", tags=EU)),
    ),
    breaks("copies-keep-the-class-of-their-source", "laxer class", *linked(HOME, LUSTRE)),
    breaks(
        "copies-keep-the-class-of-their-source",
        "snapshot",
        DISK,
        r(
            "gcp:compute/snapshot:Snapshot",
            "s",
            labels=PUBLIC,
            sourceDisk=UNKNOWN,
            from_={"sourceDisk": DISK},
        ),
    ),
    keeps("what-holds-data-names-its-class", "corpus", r("localhost:index:Bucket", "b", dataClass="corpus")),
    breaks("what-holds-data-names-its-class", "nothing", r(S3, "b")),
    breaks("what-holds-data-names-its-class", "no such class", r(GCS, "b", labels={"data-class": "corpse"})),
]
