"""Defects of the stacks on Azure."""

from tests.policy.mutations.mutation import Mutation, bare, breaks, drop, gone, more, put
from tests.policy.mutations.stacks.kubernetes import ADMIN, SERVING, TRAINING

ACCOUNT, CORPUS = (
    "azure-native:storage:StorageAccount::artifacts",
    "azure-native:storage:StorageAccount::corpus",
)
BLOBS, CONTAINER = (
    "azure-native:storage:BlobServiceProperties::artifacts",
    "azure-native:storage:BlobContainer::artifacts",
)
VAULT, KEY = "azure-native:keyvault:Vault::keys", "azure-native:keyvault:Key::cluster"
CLUSTER, POOL = (
    "azure-native:containerservice:ManagedCluster::cluster",
    "azure-native:containerservice:AgentPool",
)
DISKS, SETTING = (
    "azure-native:compute:DiskEncryptionSet::cluster-disks",
    "azure-native:monitor:DiagnosticSetting",
)
FLOWS, NETWORK = "azure-native:network:FlowLog::network-flows", "azure-native:network:VirtualNetwork::network"
RULES, LUSTRE = (
    "azure-native:network:NetworkSecurityGroup::network",
    "azure-native:storagecache:AmlFilesystem::filesystem",
)
PORT, CIRCUIT = (
    "azure-native:network:ExpressRoutePort::home-equinix-amsterdam-am5",
    "azure-native:network:ExpressRouteCircuit::home-equinix-amsterdam-am5",
)
ENVIRONMENT = "causeway:index:Environment"
OPEN = {
    "name": "all",
    "priority": 100,
    "access": "Allow",
    "direction": "Inbound",
    "protocol": "*",
    "sourceAddressPrefix": "Internet",
}

BOTH: tuple[Mutation, ...] = (
    breaks(
        "stores-use-our-keys",
        "a store under Microsoft's own key",
        put(ACCOUNT, "encryption.keySource", "Microsoft.Storage"),
    ),
    breaks(
        "stores-refuse-plain-connections",
        "a store that answers plain HTTP",
        put(ACCOUNT, "enableHttpsTrafficOnly", value=False),
    ),
    breaks(
        "cluster-secrets-use-our-keys",
        "secrets of the cluster in the open",
        put(CLUSTER, "securityProfile.azureKeyVaultKms.enabled", value=False),
    ),
    breaks(
        "keys-rotate-in-time",
        "a key that rotates every other year",
        put(KEY, "properties.rotationPolicy.lifetimeActions[0].trigger.timeAfterCreate", "P2Y"),
    ),
    breaks(
        "keys-survive-a-mistake",
        "a vault that can be purged",
        put(VAULT, "properties.enablePurgeProtection", value=False),
    ),
    breaks("disks-use-our-keys", "disks under Microsoft's own key", drop(CLUSTER, "diskEncryptionSetID")),
    breaks(
        "local-scratch-is-encrypted",
        "temporary disks in the open",
        put(CLUSTER, "agentPoolProfiles[0].enableEncryptionAtHost", value=False),
    ),
    breaks(
        "control-planes-are-private",
        "a control plane on the internet",
        put(CLUSTER, "apiServerAccessProfile.enablePrivateCluster", value=False),
    ),
    breaks(
        "nodes-have-no-public-address",
        "machines with public addresses",
        put(CLUSTER, "agentPoolProfiles[0].enableNodePublicIP", value=True),
    ),
    breaks(
        "workloads-have-their-own-identity",
        "no identity of its own for a workload",
        put(CLUSTER, "securityProfile.workloadIdentity.enabled", value=False),
    ),
    breaks(
        "nobody-holds-static-keys",
        "a key of the store's account",
        put(ACCOUNT, "allowSharedKeyAccess", value=True),
    ),
    breaks(
        "nobody-holds-static-keys",
        "a cluster with accounts of its own",
        put(CLUSTER, "disableLocalAccounts", value=False),
    ),
    breaks(
        "people-have-one-of-three-roles",
        "rights that Azure does not judge",
        put(CLUSTER, "aadProfile.enableAzureRBAC", value=False),
    ),
    breaks(
        "stores-are-not-public",
        "a store on the public network",
        put(ACCOUNT, "publicNetworkAccess", "Enabled"),
    ),
    breaks("stores-are-not-public", "a container for everyone", put(CONTAINER, "publicAccess", "Blob")),
    breaks("nothing-is-open-to-everyone", "a port open to everyone", put(RULES, "securityRules", [OPEN])),
    breaks(
        "permissions-name-their-actions",
        "a role that may do anything",
        more(
            "azure-native:authorization:RoleDefinition::all",
            {"permissions": [{"actions": ["*"]}], "roleName": "all"},
        ),
    ),
    breaks("networks-log-their-flows", "a network that logs nothing", gone(FLOWS), NETWORK),
    breaks("logs-are-kept-ninety-days", "flow logs for a month", put(FLOWS, "retentionPolicy.days", 30)),
    breaks(
        "stores-keep-versions",
        "a store without versions",
        put(BLOBS, "isVersioningEnabled", value=False),
        ACCOUNT,
    ),
    breaks(
        "stores-log-who-reads",
        "a store that logs no reader",
        put(f"{SETTING}::artifacts-readers", "logs[0].enabled", value=False),
        ACCOUNT,
    ),
    breaks(
        "control-planes-write-audit-logs",
        "a control plane without an audit log",
        put(f"{SETTING}::cluster-audit", "logs", [{"category": "guard", "enabled": True}]),
        CLUSTER,
    ),
    breaks("resources-say-whose-they-are", "a cluster of nobody", drop(CLUSTER, "tags.owner")),
    breaks(
        "what-holds-data-names-its-class",
        "a store of nothing in particular",
        drop(ACCOUNT, 'tags."data-class"'),
    ),
    ADMIN,
)
PROD: tuple[Mutation, ...] = (
    *BOTH,
    *TRAINING,
    *SERVING,
    breaks("stores-stay-in-their-jurisdictions", "a corpus in Virginia", put(CORPUS, "location", "eastus")),
    breaks("keys-stay-in-their-jurisdictions", "a vault in Virginia", put(VAULT, "location", "eastus")),
    breaks(
        "disks-stay-in-their-jurisdictions", "a file system in Virginia", put(LUSTRE, "location", "eastus")
    ),
    breaks("compute-stays-with-its-data", "a cluster in Virginia", put(CLUSTER, "location", "eastus")),
    breaks(
        "links-end-in-their-jurisdictions", "a line that ends in Virginia", put(CIRCUIT, "location", "eastus")
    ),
    breaks(
        "filesystems-use-our-keys",
        "a file system under Microsoft's own key",
        drop(LUSTRE, "encryptionSettings"),
    ),
    breaks(
        "links-with-personal-data-are-encrypted",
        "one line of the pair without MACsec",
        drop(PORT, "links[1].macSecConfig"),
    ),
    breaks(
        "stack-stays-under-its-cap",
        "eighty machines for eight",
        put(f"{POOL}::cluster-train", "count", 80),
        "*",
    ),
    breaks(
        "teams-stay-under-their-caps",
        "a cap for the team",
        put(f"{ENVIRONMENT}::azure-prod", "budget.perTeam.ml-platform", 300_000),
        "*",
    ),
    breaks(
        "fabric-pools-sit-close-together",
        "a fabric over two zones",
        put(f"{POOL}::cluster-train", "availabilityZones[1]", "2"),
    ),
    breaks("gpu-pools-repel-other-pods", "GPUs for any pod", drop(f"{POOL}::cluster-train", "nodeTaints")),
    breaks(
        "scarce-pools-do-not-surge",
        "an upgrade that buys more H100",
        put(f"{POOL}::cluster-train", "upgradeSettings.maxSurge", "1"),
    ),
    breaks(
        "capacity-is-sold-that-way",
        "a reservation of what can't be reserved",
        put(
            f"{POOL}::cluster-serve",
            "capacityReservationGroupID",
            "/subscriptions/1/resourceGroups/r/providers/Microsoft.Compute/capacityReservationGroups/g",
        ),
    ),
    breaks(
        "gpu-pods-share-memory",
        "training without shared memory",
        drop("kubernetes:batch/v1:Job::pretrain", "spec.template.spec.containers[0].volumeMounts[1]"),
    ),
    breaks("stateful-resources-are-protected", "a corpus without protection", bare(CORPUS)),
)
DEV: tuple[Mutation, ...] = (
    *BOTH,
    *TRAINING,
    breaks("gpu-pools-repel-other-pods", "GPUs for any pod", drop(f"{POOL}::cluster-gpu", "nodeTaints")),
    breaks("stack-stays-under-its-cap", "six GPU machines", put(f"{POOL}::cluster-gpu", "count", 6), "*"),
)
