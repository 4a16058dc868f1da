"""The one blueprint: keys, stores, a cluster, and what runs on it. Parts that settings leave out are not built."""

from dataclasses import dataclass
from typing import Any, cast

import pulumi

from components.gpu_cluster.shape import GpuCluster
from components.key_ring.shape import KeyRing
from components.object_store.shape import ObjectStore, ObjectStoreArgs
from infra.labels import Labels
from infra.settings import Settings, Store
from stacks.environment import Environment
from stacks.tenants import serve, train

Outputs = dict[str, pulumi.Input[Any]]


@dataclass(frozen=True)
class Foundation:
    """What workloads stand on."""

    settings: Settings
    """The environment."""
    keys: KeyRing
    """Keys by class of data."""
    stores: dict[str, ObjectStore]
    """Object stores by name."""
    cluster: GpuCluster
    """The cluster."""

    def labels(self, component: str, data_class: str = "") -> dict[str, str]:
        """Give the labels of a component's resources."""
        return labels(self.settings, component, data_class)


def build(settings: Settings) -> Outputs:
    """Build an environment and give what it exports: flat names, secrets apart."""
    Environment(pulumi.get_stack(), settings)
    ground = foundation(settings)
    outputs: Outputs = {f"store_{name}": store.url for name, store in ground.stores.items()}
    job = train(ground) if settings.training else None
    if job:
        outputs["training"] = job.result
    if settings.serving:
        outputs["endpoint"] = serve(ground, job).url
    return outputs


def foundation(settings: Settings) -> Foundation:
    """Build keys, stores and the cluster."""
    keys = KeyRing(
        "keys",
        {
            "platform": settings.platform,
            "rotation_days": {name: promise.rotation_days for name, promise in settings.data_classes.items()},
            "generation": settings.keys.generation,
            "hardware": settings.keys.hardware,
            "deletion_days": settings.keys.deletion_days,
            "labels": labels(settings, "key_ring"),
        },
    )
    stores = {
        name: ObjectStore(name, store_args(settings, store, keys)) for name, store in settings.stores.items()
    }
    cluster = GpuCluster(
        "cluster",
        {
            "platform": settings.platform,
            "slots": settings.cluster.slots,
            "labels": labels(settings, "gpu_cluster"),
        },
    )
    return Foundation(settings, keys, stores, cluster)


def store_args(settings: Settings, store: Store, keys: KeyRing) -> ObjectStoreArgs:
    """Give the arguments of one object store."""
    optional = {
        "noncurrent_versions": store.lifecycle.noncurrent_versions,
        "noncurrent_days": store.lifecycle.noncurrent_days,
        "expire_days": store.lifecycle.expire_days,
        "archive_days": store.lifecycle.archive_days,
        "lock_days": store.lock_days,
        "replica_region": store.replica_region,
    }
    args: dict[str, Any] = {
        "platform": settings.platform,
        "data_class": store.data_class,
        "encryption": store.encryption,
        "versioning": store.versioning,
        "protect": store.protect,
        "force_destroy": store.force_destroy,
        "labels": labels(settings, "object_store", store.data_class),
        **{name: value for name, value in optional.items() if value is not None},
    }
    if store.encryption != "none":
        args["key"] = keys.keys[store.data_class]
    return cast("ObjectStoreArgs", args)


def labels(settings: Settings, component: str, data_class: str = "") -> dict[str, str]:
    """Give the labels of a component's resources, spelled for the platform."""
    own = Labels(
        stack=pulumi.get_stack(),
        component=component,
        owner=settings.owner,
        team=settings.team,
        cost_center=settings.cost_center,
        data_class=data_class,
        extra=settings.labels,
    )
    return own.spelled(settings.platform)
