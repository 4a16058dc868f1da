"""Defects of the stacks on Google Cloud."""

from tests.policy.mutations.mutation import Mutation, bare, both, breaks, drop, more, put
from tests.policy.mutations.stacks.kubernetes import ADMIN, SERVING, TRAINING

BUCKET, CORPUS = "gcp:storage/bucket:Bucket::artifacts", "gcp:storage/bucket:Bucket::corpus"
KEY, RING = "gcp:kms/cryptoKey:CryptoKey", "gcp:kms/keyRing:KeyRing"
CLUSTER, POOL = "gcp:container/cluster:Cluster::cluster", "gcp:container/nodePool:NodePool"
LOGS, SUBNET = (
    "gcp:logging/projectBucketConfig:ProjectBucketConfig::network-flows",
    "gcp:compute/subnetwork:Subnetwork::network",
)
LUSTRE = "gcp:lustre/instance:Instance::filesystem"
LINK, ATTACHMENT = (
    "gcp:compute/interconnect:Interconnect::home-ord-zone1-7",
    "gcp:compute/interconnectAttachment:InterconnectAttachment::home-ord-zone1-7",
)
FIREWALL, GRANT = "gcp:compute/firewall:Firewall", "gcp:projects/iAMMember:IAMMember"
ENVIRONMENT = "causeway:index:Environment"

BOTH: tuple[Mutation, ...] = (
    breaks("stores-use-our-keys", "a bucket under Google's own key", drop(BUCKET, "encryption")),
    breaks(
        "cluster-secrets-use-our-keys",
        "secrets of the cluster in the open",
        put(CLUSTER, "databaseEncryption.state", "DECRYPTED"),
    ),
    breaks("logs-use-our-keys", "logs under Google's own key", drop(LOGS, "cmekSettings")),
    breaks("keys-rotate-in-time", "a key that never rotates", drop(f"{KEY}::keys-cluster", "rotationPeriod")),
    breaks(
        "keys-survive-a-mistake",
        "a key that is gone after a day",
        put(f"{KEY}::keys-logs", "destroyScheduledDuration", "86400s"),
    ),
    breaks(
        "disks-use-our-keys",
        "boot disks under Google's own key",
        drop(f"{POOL}::cluster-system", "nodeConfig.bootDiskKmsKey"),
    ),
    breaks(
        "control-planes-are-private",
        "a control plane on the internet",
        put(CLUSTER, "privateClusterConfig.enablePrivateEndpoint", value=False),
    ),
    breaks(
        "nodes-have-no-public-address",
        "machines with public addresses",
        put(f"{POOL}::cluster-system", "networkConfig.enablePrivateNodes", value=False),
    ),
    breaks(
        "metadata-needs-a-session",
        "the machine's credentials for every pod",
        put(f"{POOL}::cluster-system", "nodeConfig.workloadMetadataConfig.mode", "GCE_METADATA"),
    ),
    breaks(
        "workloads-have-their-own-identity",
        "no identity of its own for a workload",
        drop(CLUSTER, "workloadIdentityConfig"),
    ),
    breaks(
        "permissions-name-their-actions",
        "the whole project for a node",
        put(f"{GRANT}::cluster-node", "role", "roles/editor"),
    ),
    breaks(
        "nobody-holds-static-keys",
        "a key file of a service account",
        more("gcp:serviceaccount/key:Key::pretrain", {"serviceAccountId": "pretrain"}),
    ),
    breaks(
        "stores-are-not-public",
        "a bucket that may become public",
        put(BUCKET, "publicAccessPrevention", "inherited"),
    ),
    breaks(
        "stores-are-not-public",
        "a bucket for everyone",
        more(
            "gcp:storage/bucketIAMMember:BucketIAMMember::everyone",
            {"bucket": "artifacts", "role": "roles/storage.objectViewer", "member": "allUsers"},
        ),
    ),
    breaks(
        "people-have-one-of-three-roles",
        "rights by the old way",
        put(CLUSTER, "enableLegacyAbac", value=True),
    ),
    breaks("networks-log-their-flows", "a network that logs nothing", drop(SUBNET, "logConfig")),
    breaks(
        "stores-keep-versions", "a bucket without versions", put(BUCKET, "versioning.enabled", value=False)
    ),
    breaks("stores-log-who-reads", "a bucket that nobody watches", drop(BUCKET, "logging")),
    breaks("logs-are-kept-ninety-days", "logs for a month", put(LOGS, "retentionDays", 30)),
    breaks(
        "control-planes-write-audit-logs",
        "a control plane without an audit log",
        put(CLUSTER, "loggingConfig.enableComponents", ["SYSTEM_COMPONENTS", "WORKLOADS"]),
    ),
    breaks("resources-say-whose-they-are", "a cluster of nobody", drop(CLUSTER, "resourceLabels.owner")),
    breaks(
        "what-holds-data-names-its-class",
        "a bucket of nothing in particular",
        drop(BUCKET, 'labels."data-class"'),
    ),
    ADMIN,
)
PROD: tuple[Mutation, ...] = (
    *BOTH,
    *TRAINING,
    *SERVING,
    breaks(
        "stores-stay-in-their-jurisdictions",
        "a corpus in Europe that may be in America only",
        put(CORPUS, "location", "EU"),
    ),
    breaks(
        "keys-stay-in-their-jurisdictions",
        "a ring of keys in Europe",
        put(f"{RING}::keys-nam4", "location", "eur4"),
    ),
    breaks("logs-stay-in-their-jurisdictions", "logs in Europe", put(LOGS, "location", "europe-west4")),
    breaks(
        "disks-stay-in-their-jurisdictions",
        "a small file system in Europe",  # a large one would also miss a price there
        both(put(LUSTRE, "location", "europe-west4-b"), put(LUSTRE, "capacityGib", "9000")),
    ),
    breaks("compute-stays-with-its-data", "a cluster in Europe", put(CLUSTER, "location", "europe-west4")),
    breaks(
        "links-end-in-their-jurisdictions",
        "a link that ends in Europe",
        put(ATTACHMENT, "region", "europe-west3"),
    ),
    breaks(
        "messages-stay-in-their-jurisdictions",
        "a topic that keeps messages anywhere",
        more(
            "gcp:pubsub/topic:Topic::runs",
            {
                "kmsKeyName": "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k",
                "labels": {"data-class": "customer-text"},
            },
        ),
    ),
    breaks("filesystems-use-our-keys", "a file system under Google's own key", drop(LUSTRE, "kmsKey")),
    breaks(
        "links-with-personal-data-are-encrypted",
        "a line without MACsec",
        put(LINK, "macsecEnabled", value=False),
    ),
    breaks(
        "local-scratch-is-encrypted",
        "scratch disks in the open",
        put(f"{POOL}::cluster-train", "nodeConfig.localSsdEncryptionMode", "NONE"),
    ),
    breaks(
        "stack-stays-under-its-cap",
        "eighty machines for eight",
        put(f"{POOL}::cluster-train", "nodeCount", 80),
        "*",
    ),
    breaks(
        "teams-stay-under-their-caps",
        "a cap for the team",
        put(f"{ENVIRONMENT}::gcp-prod", "budget.perTeam.ml-platform", 300_000),
        "*",
    ),
    breaks(
        "fabric-interfaces-match-the-machine",
        "a rail too few",
        drop(f"{POOL}::cluster-train", "networkConfig.additionalNodeNetworkConfigs[3]"),
    ),
    breaks(
        "fabric-pools-sit-close-together",
        "the same machines over two zones",
        both(
            put(f"{POOL}::cluster-train", "nodeLocations[1]", "us-central1-c"),
            put(f"{POOL}::cluster-train", "nodeCount", 4),
        ),
    ),
    breaks(
        "gpu-pools-repel-other-pods", "GPUs for any pod", drop(f"{POOL}::cluster-train", "nodeConfig.taints")
    ),
    breaks(
        "scarce-pools-do-not-surge",
        "an upgrade that buys more H200",
        put(f"{POOL}::cluster-train", "upgradeSettings.maxSurge", 1),
    ),
    breaks(
        "gpu-pods-share-memory",
        "training without shared memory",
        drop("kubernetes:batch/v1:Job::pretrain", "spec.template.spec.containers[0].volumeMounts[1]"),
    ),
    breaks(
        "nothing-is-open-to-everyone",
        "a port open to everyone",
        put(f"{FIREWALL}::filesystem", "sourceRanges", ["0.0.0.0/0"]),
    ),
    breaks(
        "clusters-refuse-deletion",
        "a cluster that anyone may delete",
        put(CLUSTER, "deletionProtection", value=False),
    ),
    breaks("stateful-resources-are-protected", "a corpus without protection", bare(CORPUS)),
)
DEV: tuple[Mutation, ...] = (
    *BOTH,
    *TRAINING,
    breaks(
        "gpu-pools-repel-other-pods", "GPUs for any pod", drop(f"{POOL}::cluster-gpu", "nodeConfig.taints")
    ),
    breaks(
        "stack-stays-under-its-cap",
        "thirty system machines",
        put(f"{POOL}::cluster-system", "nodeCount", 30),
        "*",
    ),
)
