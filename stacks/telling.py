"""How an environment tells the stacks that stand on it what it is."""

from typing import Any

import pulumi

from stacks.foundation import Foundation
from stacks.ground import OUTPUT, SECRET, VERSION, ClassFacts, NetworkFacts, PoolFacts
from stacks.pools import fabric_pools, resolve
from stacks.room import disk
from stacks.seats import VOLUME


def told(ground: Foundation) -> dict[str, pulumi.Input[Any]]:
    """Give the outputs by which other stacks know an environment."""
    settings = ground.settings
    facts = {
        "version": VERSION,
        "platform": settings.platform,
        "region": settings.region,
        "account": settings.account,
        "jurisdiction": settings.jurisdiction or "",
        "data_classes": {
            name: promise.model_dump(include=set(ClassFacts.model_fields), mode="json")
            for name, promise in settings.data_classes.items()
        },
        "network": {
            part: value
            for part, value in ground.network.joined().items()
            if part in NetworkFacts.model_fields
        },
        "cluster": {
            "name": ground.cluster.cluster_name,
            "issuer": ground.cluster.issuer,
            "pools": {name: pool.model_dump() for name, pool in pools(ground).items()},
        },
        "stores": {name: _store(ground, name) for name in settings.stores},
        **({"volume": volume} if (volume := _volume(ground)) else {}),
    }
    return {OUTPUT: facts, SECRET: ground.cluster.kubeconfig}


def pools(ground: Foundation) -> dict[str, PoolFacts]:
    """Give what workloads have to know of each pool, by name."""
    return {name: _pool(ground, name) for name in ground.settings.cluster.pools}


def _pool(ground: Foundation, name: str) -> PoolFacts:
    pool = ground.settings.cluster.pools[name]
    machine, nodes = resolve(ground.settings, pool)
    return PoolFacts(
        purpose=pool.purpose,
        machine=machine.name,
        nodes=nodes,
        accelerators=machine.gpus,
        fabric=name in fabric_pools(ground.settings),
        networks=ground.cluster.networks.get(name, ""),
        daemon_image=pool.options.get("daemon_image", ""),
        disk_gib=disk(ground.settings, pool),
    )


def _store(ground: Foundation, name: str) -> dict[str, Any]:
    settings, made = ground.settings, ground.stores[name]
    store, training = settings.stores[name], settings.training
    vouched = made.vouched()
    guests = {stack: {"folder": one.at(stack), "access": one.access} for stack, one in store.guests.items()}
    return {
        "url": made.url,
        "id": made.bucket_id,
        "data_class": store.data_class,
        "key": ground.keys.keys[store.data_class] if store.encryption != "none" else "",
        "run": training.run if training and training.store == name else "",
        **({"authority": vouched} if vouched else {}),
        **({"guests": guests} if guests else {}),
    }


def _volume(ground: Foundation) -> dict[str, Any]:
    shared, wanted = ground.filesystem, ground.settings.filesystem
    if shared is None or wanted is None:
        return {}
    parts = {part: shared.volume[part] for part in VOLUME}
    return {"store": wanted.store, "mirrors": shared.mirrors, **parts}
