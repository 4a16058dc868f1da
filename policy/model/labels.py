"""Labels of a resource, wherever its type keeps them."""

from infra.catalog.values import UNKNOWN, Value
from policy.model.environment import Environment
from policy.model.resource import Resource

DATA_CLASS = "data-class"
"""The label that names the class of the data a resource holds."""

_BAGS = ("tagsAll", "tags", "labels", "userLabels", "resourceLabels", "metadata.labels")
# aws and azure-native: tags; gcp: labels, userLabels (sql), resourceLabels (gke); kubernetes: metadata.labels


def label(resource: Resource, key: str) -> Value:
    """Give a label's value: None when it is not set, UNKNOWN when it or all labels are unknown."""
    for place in (_LABELS[resource.type],) if resource.type in _LABELS else _BAGS:
        value = resource.get(f"{place}.{key}")
        if value is not None:
            return value
    return None


def data_class(resource: Resource) -> Value:
    """Give the name of the data class that a resource says it holds; None when it says nothing."""
    named = resource.get("dataClass") if resource.type.startswith("localhost:") else None
    return label(resource, DATA_CLASS) if named is None else named


def team(resource: Resource, environment: Environment | None) -> str:
    """Give the team that pays: the resource's own label, else the environment's, else the empty string."""
    own = label(resource, "team")
    if isinstance(own, str):
        return own
    return environment.labels.get("team", "") if environment and own is not UNKNOWN else ""


def rotation_days(resource: Resource, environment: Environment | None) -> int:
    """Give the longest rotation period of a key: its class's, else the strictest of the environment, else 365."""
    if environment is None or not environment.data_classes:
        return 365
    named = data_class(resource)
    if isinstance(named, str) and named in environment.data_classes:
        return environment.data_classes[named].rotation_days
    return min(known.rotation_days for known in environment.data_classes.values())


_LABELS = {
    "localhost:index:Bucket": "labels",
    "aws:s3/bucket:Bucket": "tags",
    "aws:kms/key:Key": "tags",
    "aws:ebs/volume:Volume": "tags",
    "aws:eks/cluster:Cluster": "tags",
    "aws:eks/nodeGroup:NodeGroup": "tags",
    "aws:ec2/instance:Instance": "tags",
    "aws:ec2/vpc:Vpc": "tags",
    "aws:fsx/lustreFileSystem:LustreFileSystem": "tags",
    "aws:directconnect/connection:Connection": "tags",
    "gcp:storage/bucket:Bucket": "labels",
    "gcp:kms/cryptoKey:CryptoKey": "labels",
    "gcp:compute/disk:Disk": "labels",
    "gcp:container/cluster:Cluster": "resourceLabels",
    "gcp:container/nodePool:NodePool": "nodeConfig.resourceLabels",
    "gcp:lustre/instance:Instance": "labels",
    "gcp:compute/interconnect:Interconnect": "labels",
    "azure-native:storage:StorageAccount": "tags",
    "azure-native:keyvault:Vault": "tags",
    "azure-native:compute:Disk": "tags",
    "azure-native:containerservice:ManagedCluster": "tags",
    "azure-native:containerservice:AgentPool": "tags",
    "azure-native:storagecache:AmlFilesystem": "tags",
    "azure-native:network:ExpressRoutePort": "tags",
    "kubernetes:core/v1:PersistentVolumeClaim": "metadata.labels",
    "kubernetes:ceph.rook.io/v1:CephCluster": "metadata.labels",
    "kubernetes:ceph.rook.io/v1:CephObjectStore": "metadata.labels",
}

LABELLED = tuple(_LABELS)
"""The types that hold data, cost money or both, and can be labelled."""


def bag(kind: str) -> str:
    """Give the path at which a type keeps its labels."""
    return _LABELS[kind]
