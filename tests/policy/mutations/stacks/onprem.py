"""Defects of the stack on an own site."""

from tests.policy.mutations.mutation import Mutation, bare, breaks, drop, more, put
from tests.policy.mutations.stacks.kubernetes import ADMIN, SERVING, TRAINING

SITE, STORE = (
    "kubernetes:ceph.rook.io/v1:CephCluster::site",
    "kubernetes:ceph.rook.io/v1:CephObjectStore::onprem-artifacts",
)
CORPUS = "kubernetes:ceph.rook.io/v1:CephObjectStore::onprem-corpus"
ENVIRONMENT = "causeway:index:Environment::onprem"
JOB = "kubernetes:batch/v1:Job::pretrain"

ONPREM: tuple[Mutation, ...] = (
    *TRAINING,
    *SERVING,
    ADMIN,
    breaks(
        "stores-stay-in-their-jurisdictions",
        "models that may be in America only",
        put(ENVIRONMENT, "dataClasses.models.jurisdictions", ["us"]),
        STORE,
    ),
    breaks("stores-use-our-keys", "a store in the open", drop(STORE, "spec.security")),
    breaks(
        "stores-refuse-plain-connections",
        "a store that answers plain HTTP",
        put(STORE, "spec.gateway.port", 80),
    ),
    breaks(
        "stores-refuse-plain-connections",
        "disks that talk in the open",
        put(SITE, "spec.network.connections.encryption.enabled", value=False),
    ),
    breaks("disks-use-our-keys", "disks in the open", drop(SITE, "spec.storage.config")),
    breaks(
        "what-holds-data-names-its-class",
        "a store of nothing in particular",
        drop(STORE, 'metadata.labels."data-class"'),
    ),
    breaks("resources-say-whose-they-are", "a store of nobody", drop(STORE, "metadata.labels.owner")),
    breaks("stateful-resources-are-protected", "a corpus without protection", bare(CORPUS)),
    breaks("stateful-resources-are-protected", "disks without protection", bare(SITE)),
    breaks(
        "gpu-pods-share-memory",
        "training without shared memory",
        drop(JOB, "spec.template.spec.containers[0].volumeMounts[1]"),
    ),
    breaks("stack-stays-under-its-cap", "no cap at all", drop(ENVIRONMENT, "budget.monthlyUsd"), "*"),
    breaks(
        "permissions-name-their-actions",
        "a role that may do anything",
        more(
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole::all",
            {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}]},
        ),
    ),
)
