"""What workloads stand on: account, keys, network, stores, file system, cluster, links."""

from dataclasses import dataclass, field
from typing import Any, cast

import pulumi

from components.account.shape import Account
from components.gpu_cluster.shape import GpuCluster
from components.interconnect.shape import Interconnect
from components.key_ring.shape import KeyRing
from components.network.shape import Network
from components.object_store.shape import ObjectStore, ObjectStoreArgs
from components.shared_filesystem.shape import SharedFilesystem
from infra.settings import Filesystem, Line, Link, Settings, Store
from stacks import rights
from stacks.labelled import labels, strictest
from stacks.pools import fabric_pools, pool_args


@dataclass
class Foundation:
    """Builds an environment's ground, part by part; each part stands on the ones before it."""

    settings: Settings
    """The environment."""
    account: Account = field(init=False)
    """The account it is in."""
    keys: KeyRing = field(init=False)
    """Keys by class of data."""
    network: Network = field(init=False)
    """The private network."""
    stores: dict[str, ObjectStore] = field(init=False)
    """Object stores by name."""
    filesystem: SharedFilesystem | None = field(init=False)
    """The shared file system, if there is one."""
    cluster: GpuCluster = field(init=False)
    """The cluster."""
    links: dict[str, Interconnect] = field(init=False)
    """Dedicated interconnects by name."""

    def __post_init__(self) -> None:
        settings = self.settings
        self.account = Account("account", cast("Any", self._account()))
        self.inside = self.account.inside()
        self.keys = self._keys()
        self.network = self._network()
        self.stores = {name: self._store(name, store) for name, store in settings.stores.items()}
        self.filesystem = self._filesystem(settings.filesystem) if settings.filesystem else None
        self.cluster = self._cluster()
        self.links = {name: self._link(name, link) for name, link in settings.links.items()}

    @property
    def place(self) -> dict[str, Any]:
        """Where everything is."""
        return {"platform": self.settings.platform, "region": self.settings.region}

    def labels(self, component: str, data_class: str = "") -> dict[str, str]:
        """Give the labels of a component's resources, spelled for the platform."""
        return labels(self.settings, self.settings.platform, component, data_class)

    def purpose(self, name: str) -> pulumi.Output[str]:
        """Give the key of a purpose of the platform itself; empty where the platform has none."""
        return self.keys.purposes.apply(lambda found: found.get(name, ""))

    @property
    def reach(self) -> dict[str, Any]:
        """How to reach a cluster that is there already; nothing where the cluster is made."""
        given = self.settings.kubeconfig
        return {"kubeconfig": pulumi.Output.secret(given)} if given else {}

    def _account(self) -> dict[str, Any]:
        site = {"protect": self.settings.cluster.protect, "labels": self.labels("account")}
        own = {**self.reach, **site} if self.reach else {}
        return {**self.place, "account": self.settings.account, **own}

    def _keys(self) -> KeyRing:
        settings = self.settings
        replicas: dict[str, list[str]] = {}
        for store in settings.stores.values():
            if store.replica_region:
                replicas.setdefault(store.data_class, []).append(store.replica_region)
        args = {
            **self.place,
            "account": settings.account,
            "rotation_days": {name: promise.rotation_days for name, promise in settings.data_classes.items()},
            "jurisdictions": {
                name: list(promise.jurisdictions) for name, promise in settings.data_classes.items()
            },
            "replica_regions": {name: sorted(set(found)) for name, found in replicas.items()},
            "generation": settings.keys.generation,
            "hardware": settings.keys.hardware,
            "deletion_days": settings.keys.deletion_days,
            "protect": settings.keys.protect,
            "labels": self.labels("key_ring"),
        }
        return KeyRing("keys", cast("Any", args), self.inside)

    def _network(self) -> Network:
        settings = self.settings
        args = {
            **self.place,
            "account": settings.account,
            "zones": list(settings.zones),
            "cidr": settings.network.cidr,
            "nat": settings.network.nat,
            "fabric_pools": fabric_pools(settings),
            "linked": {name: list(link.peer.cidrs) for name, link in settings.links.items()},
            "flow_log_days": settings.network.flow_log_days,
            "log_key": self.purpose("logs"),
            "protect": settings.keys.protect,
            "labels": self.labels("network", strictest(self.settings)),
        }
        return Network("network", cast("Any", args), self.inside)

    def _store(self, name: str, store: Store) -> ObjectStore:
        args = {**self.store_args(store), "workloads": rights.of(self.settings, name)}
        return ObjectStore(name, cast("ObjectStoreArgs", args), self.inside)

    def store_args(self, store: Store) -> ObjectStoreArgs:
        """Give the arguments of one object store."""
        data_class = store.data_class
        optional: dict[str, Any] = {
            "noncurrent_versions": store.lifecycle.noncurrent_versions,
            "noncurrent_days": store.lifecycle.noncurrent_days,
            "expire_days": store.lifecycle.expire_days,
            "archive_days": store.lifecycle.archive_days,
            "lock_days": store.lock_days,
            "tiering": store.tiering if store.tiering != "by-age" else None,
            "replica_region": store.replica_region,
            "key": self.keys.keys[data_class] if store.encryption != "none" else None,
            "replica_key": self.keys.replicas[f"{data_class}/{store.replica_region}"]
            if store.replica_region
            else None,
        }
        args = {
            **self.place,
            "account": self.settings.account,
            "network": self.network.joined(),
            "data_class": data_class,
            "encryption": store.encryption,
            "versioning": store.versioning,
            "jurisdictions": list(self.settings.data_classes[data_class].jurisdictions),
            "protect": store.protect,
            "force_destroy": store.force_destroy,
            "labels": self.labels("object_store", data_class),
            **{name: value for name, value in optional.items() if value is not None},
        }
        return cast("ObjectStoreArgs", args)

    def _filesystem(self, wanted: Filesystem) -> SharedFilesystem:
        args = {
            **self.place,
            "data_class": wanted.data_class,
            "capacity_gib": wanted.capacity_gib,
            "throughput_mbps_per_tib": wanted.throughput_mbps_per_tib,
            "store": self.stores[wanted.store].url,
            "key": self.keys.keys[wanted.data_class],
            "log_key": self.purpose("logs"),
            "network": self.network.joined(),
            "pool": next(iter(fabric_pools(self.settings)), ""),
            "protect": wanted.protect,
            "labels": self.labels("shared_filesystem", wanted.data_class),
        }
        return SharedFilesystem("filesystem", cast("Any", args), self.inside)

    def _cluster(self) -> GpuCluster:
        wanted = self.settings.cluster
        optional = {
            "version": wanted.version,
            "image": wanted.image,
            "issuer": wanted.issuer or None,
            **self.reach,
        }
        shared = self.filesystem
        args = {
            **self.place,
            "account": self.settings.account,
            "pools": pool_args(self.settings),
            "slots": wanted.slots,
            "key": self.purpose("cluster"),
            "log_key": self.purpose("logs"),
            "network": self.network.joined(),
            "packages": shared.node_packages() if shared else [],
            "storage": {"driver": shared.storage["driver"], "parameters": shared.storage["parameters"]}
            if shared
            else {},
            "admin_principals": list(wanted.admin_principals),
            "protect": wanted.protect,
            "labels": self.labels("gpu_cluster", strictest(self.settings)),
            **{name: value for name, value in optional.items() if value is not None},
        }
        return GpuCluster("cluster", cast("Any", args), self.inside)

    def _link(self, name: str, link: Link) -> Interconnect:
        args = {
            **self.place,
            **line_args(link),
            "key_generation": key_generation(self.settings, link),
            "vpn_fallback": link.vpn_fallback,
            "peer_asn": link.peer.asn,
            "peer_cidrs": list(link.peer.cidrs),
            "peer_address": link.peer.address,
            "network": self.network.joined(),
            "protect": self.settings.keys.protect,
            "labels": self.labels("interconnect", strictest(self.settings)),
        }
        return Interconnect(name, cast("Any", args), self.inside)


def key_generation(settings: Settings, link: Link) -> int:
    """Give the generation of a link's keys: its own, or that of all keys, which no cloud rotates by a resource."""
    return link.key_generation or settings.keys.generation


def line_args(line: Line) -> dict[str, Any]:
    """Give what both ends of a link have in common, and our number."""
    return {
        "locations": list(line.locations),
        "resiliency": line.resiliency,
        "bandwidth_gbps": line.bandwidth_gbps,
        "ports": line.ports,
        "asn": line.asn,
        "vlan": line.vlan,
        **({"vlans": line.vlans} if line.vlans else {}),
        "mtu": line.mtu,
        "macsec": line.macsec,
        "in_service": line.in_service,
    }
