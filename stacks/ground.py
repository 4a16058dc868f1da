"""What an environment tells the stacks that stand on it: one output, whose shape both sides share."""

from typing import Any

import pulumi
from pydantic import BaseModel, ConfigDict, field_validator

from infra.platforms import Platform
from infra.settings import Settings
from stacks.foundation import Foundation
from stacks.seats import VOLUME, Seat

OUTPUT, SECRET = "ground", "kubeconfig"
"""Names of the outputs: facts for every eye, and the way into the cluster, a secret."""


class Facts(BaseModel):
    """A frozen part of what is told; what a newer program tells besides is no mistake."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class PoolFacts(Facts):
    """One node pool."""

    purpose: str
    """What runs there: system, training or serving."""
    machine: str
    """Its machine type."""
    nodes: int
    """How many machines."""
    accelerators: int
    """Accelerators of one machine."""
    fabric: bool
    """Whether its machines join their fabric."""
    networks: str = ""
    """What its pods ask for to be attached to the fabric; empty where they need not."""


class StoreFacts(Facts):
    """One object store."""

    url: str
    """Where clients read and write."""
    id: str
    """The platform's id of the bucket."""
    data_class: str
    """The class of what it holds."""
    key: str
    """The key that encrypts it; empty where none does."""


class NetworkFacts(Facts):
    """The private network."""

    id: str
    """The platform's id."""
    cidr: str
    """Its IPv4 range."""
    zones: tuple[str, ...]
    """Its zones."""
    subnets: dict[str, str]
    """Private subnets by zone."""
    routes: dict[str, str]
    """Route tables by zone."""

    @field_validator("subnets", "routes")
    @classmethod
    def _in_order(cls, by_zone: dict[str, str]) -> dict[str, str]:
        # the engine keeps no order in a map, and a list made of another order would be a change
        return dict(sorted(by_zone.items()))


class VolumeFacts(Facts):
    """The shared file system, as pods mount it."""

    store: str
    """The store that it mirrors, by name."""
    driver: str
    """The CSI driver."""
    handle: str
    """The driver's name of it."""
    attributes: dict[str, str]
    """What the driver needs besides."""
    capacity_gib: float
    """Its size."""


class ClusterFacts(Facts):
    """The cluster."""

    name: str
    """The platform's name."""
    issuer: str
    """Who signs the tokens of its service accounts; empty when nobody outside may trust them."""
    pools: dict[str, PoolFacts]
    """Its node pools by name."""


class Ground(Facts):
    """An environment, as others see it."""

    platform: Platform
    """Where it is."""
    region: str
    """The platform's name of the region."""
    account: str
    """The account that it is in."""
    jurisdiction: str
    """Where an own site stands; empty on clouds, which know it from the region."""
    data_classes: dict[str, tuple[str, ...]]
    """Where each class of data may be."""
    network: NetworkFacts
    """Its network."""
    cluster: ClusterFacts
    """Its cluster."""
    stores: dict[str, StoreFacts]
    """Its object stores by name."""
    volume: VolumeFacts | None = None
    """Its shared file system. None: there is none."""


def told(ground: Foundation) -> dict[str, pulumi.Input[Any]]:
    """Give the outputs by which other stacks know an environment."""
    settings = ground.settings
    facts = {
        "platform": settings.platform,
        "region": settings.region,
        "account": settings.account,
        "jurisdiction": settings.jurisdiction or "",
        "data_classes": {name: list(one.jurisdictions) for name, one in settings.data_classes.items()},
        "network": {
            part: value
            for part, value in ground.network.joined().items()
            if part in NetworkFacts.model_fields
        },
        "cluster": {
            "name": ground.cluster.cluster_name,
            "issuer": ground.cluster.issuer,
            "pools": {name: _pool(ground, name) for name in settings.cluster.pools},
        },
        "stores": {name: _store(ground, settings, name) for name in settings.stores},
        **({"volume": volume} if (volume := _volume(ground)) else {}),
    }
    return {OUTPUT: facts, SECRET: ground.cluster.kubeconfig}


def _pool(ground: Foundation, name: str) -> dict[str, Any]:
    seat = Seat.of(ground, name, "")
    return {
        "purpose": ground.settings.cluster.pools[name].purpose,
        "machine": seat.machine,
        "nodes": seat.nodes,
        "accelerators": seat.accelerators,
        "fabric": seat.fabric,
        "networks": ground.cluster.networks.get(name, ""),
    }


def _store(ground: Foundation, settings: Settings, name: str) -> dict[str, Any]:
    store, made = settings.stores[name], ground.stores[name]
    key = ground.keys.keys[store.data_class] if store.encryption != "none" else ""
    return {"url": made.url, "id": made.bucket_id, "data_class": store.data_class, "key": key}


def _volume(ground: Foundation) -> dict[str, Any]:
    shared, wanted = ground.filesystem, ground.settings.filesystem
    if shared is None or wanted is None:
        return {}
    return {"store": wanted.store, **{part: shared.volume[part] for part in VOLUME}}
