"""An environment as its tenants see it: made by the same stack, or read from another one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import pulumi

from components.account.shape import Account
from infra import naming
from infra.platforms import Platform
from infra.settings import Ownership
from stacks.foundation import Foundation
from stacks.ground import PoolFacts, StoreFacts
from stacks.labelled import labels
from stacks.reference import Reference
from stacks.seats import SHARED, VOLUME, Seat
from stacks.telling import pools


@dataclass(frozen=True)
class Shelf:
    """A store, as workloads reach it."""

    url: pulumi.Input[str]
    """Where clients read and write."""
    right: Mapping[str, pulumi.Input[str]]
    """What an identity has to know of it: `store`, and where there are any `key` and `authority`."""
    key_ring: pulumi.Input[str] = ""
    """The folder of its key ring on this machine; empty where the platform encrypts."""


@dataclass(frozen=True)
class Mount:
    """The shared file system."""

    store: str
    """The store that it is over, by name."""
    mirrors: bool
    """Whether what is in the store is in it too."""
    parts: Mapping[str, Any]
    """What a pod needs to mount it."""


@dataclass(frozen=True)
class Cluster:
    """The cluster."""

    name: pulumi.Input[str]
    """The platform's name."""
    issuer: pulumi.Input[str]
    """Who signs the tokens of its service accounts; empty when nobody outside may trust them."""
    kubeconfig: pulumi.Input[str]
    """How to reach it, a secret."""
    pools: Mapping[str, PoolFacts]
    """Its pools by name."""
    workers: pulumi.Input[int] = 0
    """Processes of a job on this machine. Default: none, jobs run elsewhere."""
    ready: tuple[pulumi.Resource, ...] = ()
    """What work in it waits for. Default: nothing, it was there before."""
    owner: pulumi.Resource | None = None
    """With what the things in it go away. None: they are deleted themselves."""


@dataclass(frozen=True)
class Host:
    """An environment as its tenants see it."""

    stack: Ownership
    """The stack of the tenants."""
    platform: Platform
    """Where it is."""
    region: str
    """The platform's name of the region."""
    account: str
    """The account that it is in."""
    access: Account
    """The way into that account."""
    cluster: Cluster
    """Its cluster."""
    stores: Mapping[str, Shelf]
    """Its object stores by name."""
    mount: Mount | None = None
    """Its shared file system. None: there is none."""
    family: tuple[str, ...] = ()
    """What the names of workloads begin with, so that those of several stacks differ. Default: nothing."""

    @classmethod
    def made(cls, ground: Foundation) -> "Host":
        """See the environment that this stack makes."""
        settings, cluster = ground.settings, ground.cluster
        shared, wanted = ground.filesystem, settings.filesystem
        return cls(
            stack=settings,
            platform=settings.platform,
            region=settings.region,
            account=settings.account,
            access=ground.account,
            cluster=Cluster(
                name=cluster.cluster_name,
                issuer=cluster.issuer,
                kubeconfig=cluster.kubeconfig,
                pools=pools(ground),
                workers=cluster.pools.apply(_workers),
                ready=(cluster, *cluster.ready),
                owner=cluster.owner,
            ),
            stores={name: _made(ground, name) for name in settings.stores},
            mount=Mount(wanted.store, shared.mirrors, shared.mounted()) if shared and wanted else None,
        )

    @classmethod
    def read(cls, reference: Reference, stack: Ownership, access: Account | None = None) -> "Host":
        """See the environment that another stack made.

        Args:
            reference: The other stack.
            stack: The tenants' own.
            access: The way into its account, where this stack has one already. Default: one is made.
        """
        ground = reference.ground
        cluster, volume = ground.cluster, ground.volume
        return cls(
            stack=stack,
            platform=ground.platform,
            region=ground.region,
            account=ground.account,
            access=access or _access(reference),
            cluster=Cluster(cluster.name, cluster.issuer, reference.kubeconfig, cluster.pools),
            stores={name: _read(store) for name, store in ground.stores.items()},
            # a site's file system is one tree, which would show all of it to a guest of one folder
            mount=Mount(volume.store, volume.mirrors, volume.model_dump(include=set(VOLUME)))
            if volume and not ground.site
            else None,
            family=(pulumi.get_stack(),),
        )

    def name(self, workload: str) -> str:
        """Give the name of a workload, which is its namespace's too."""
        return naming.name(*self.family, workload)

    def labels(self, component: str) -> dict[str, str]:
        """Give the labels of a component's resources, spelled for the platform."""
        return labels(self.stack, self.platform, component)

    def seat(self, pool: str | None, purpose: str) -> Seat:
        """Find the pool that a workload runs on: the one of that name, or the first one of that purpose."""
        return Seat.of(self.cluster.pools, pool, purpose)

    def content(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        """Give the options of what runs in the cluster: it comes after the cluster, and goes with it."""
        own = pulumi.ResourceOptions(
            depends_on=[*self.cluster.ready, *after], deleted_with=self.cluster.owner
        )
        return pulumi.ResourceOptions.merge(self.access.inside(), own)

    def variables(self, store: str) -> dict[str, pulumi.Input[str]]:
        """Give the variables by which a process finds a store."""
        shelf = self.stores[store]
        return {"CAUSEWAY_STORE_URL": shelf.url, "CAUSEWAY_KEY_RING": shelf.key_ring}

    def mounted(self, store: str) -> Mapping[str, Any] | None:
        """Give the shared file system for those who use its store; others have no business in it."""
        return self.mount.parts if self.mount and self.mount.store == store else None

    def folder(self, store: str) -> str:
        """Say where pods see a store as files; empty where they don't."""
        return SHARED if self.mounted(store) and self.mount and self.mount.mirrors else ""


def _workers(found: Mapping[str, Any]) -> int:
    return int(next((pool["accelerators"] for pool in found.values()), 0))


def _made(ground: Foundation, name: str) -> Shelf:
    bucket, wanted = ground.stores[name], ground.settings.stores[name]
    key = {} if wanted.encryption == "none" else {"key": ground.keys.keys[wanted.data_class]}
    vouched = bucket.vouched()
    authority = {"authority": vouched} if vouched else {}
    return Shelf(bucket.url, {"store": bucket.bucket_id, **key, **authority}, bucket.key_ring)


def _read(store: StoreFacts) -> Shelf:
    said = {"key": store.key, "authority": store.authority}
    return Shelf(store.url, {"store": store.id, **{part: text for part, text in said.items() if text}})


def _access(reference: Reference) -> Account:
    ground = reference.ground
    place = {"platform": ground.platform, "region": ground.region, "account": ground.account}
    # the storage system of a site is there already
    way = {"kubeconfig": reference.kubeconfig, "storage": False} if ground.site else {}
    return Account("account", cast("Any", {**place, **way}))
