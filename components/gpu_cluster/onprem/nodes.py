"""Labels and taints of a pool's machines: a rule that holds whenever a machine joins, also after it was set up anew."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.gpu_cluster.onprem.hosts import Host, Site
from infra.catalog import pods


def rules(site: Site) -> list[dict[str, Any]]:
    """Write the pool's rules: one for all its machines, one for each place in the racks."""
    everyone = {
        "name": f"{site.pool.name}-pool",
        "labels": labels(site),
        "taints": taints(site),
        "matchFeatures": [_named(list(site.hosts))],
    }
    return [everyone, *_places(site)]


def labels(site: Site) -> dict[str, str]:
    """Give the labels of every machine of the pool; the fabric is named only where the pool joins it."""
    joined = {} if site.pool.fabric else {"causeway/fabric": "none"}
    cut = {"nvidia.com/mig.config": layout_name(site)} if site.gpu else {}
    return {**pods.labels(site.pool.machine), **joined, **cut, "causeway/pool": site.pool.name}


def taints(site: Site) -> list[dict[str, str]]:
    """Give the taints of the pool's machines: its accelerator's, and one of its own where it has a fabric."""
    own = {"causeway/pool": site.pool.name} if site.pool.fabric else {}
    every = {**{taint.key: taint.value for taint in pods.taints(site.pool.machine)}, **own}
    return [{"key": key, "value": value, "effect": "NoSchedule"} for key, value in every.items()]


def tolerations(sites: Sequence[Site]) -> list[dict[str, str]]:
    """Give what lets drivers and plugins onto all of the pools' machines."""
    keys = dict.fromkeys(taint["key"] for site in sites for taint in taints(site))
    return [{"key": key, "operator": "Exists", "effect": "NoSchedule"} for key in keys]


def layout_name(site: Site) -> str:
    """Name the way in which the pool's GPUs are cut."""
    return f"pool-{site.pool.name}" if site.mig else "all-disabled"


def _places(site: Site) -> Iterator[dict[str, Any]]:
    by_place: dict[Host, list[str]] = {}
    for name, host in site.hosts.items():
        by_place.setdefault(host, []).append(name)
    for host, names in by_place.items():
        where = "-".join(part for part in (host.rack, host.leaf, host.spine) if part)
        yield {
            "name": f"{site.pool.name}-{where}",
            "labels": host.labels(),
            "matchFeatures": [_named(names)],
        }


def _named(names: Sequence[str]) -> Mapping[str, Any]:
    return {"feature": "system.name", "matchExpressions": {"nodename": {"op": "In", "value": list(names)}}}
