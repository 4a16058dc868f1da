"""What a platform can't begin without, asked at the door: a refusal half-way would leave machines that cost money."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType

from components.gpu_cluster.pools import parse_pools, unmanned
from components.reading import Reader
from infra.catalog import regions
from infra.catalog.rows import CatalogError
from infra.platforms import Platform
from infra.problems import Problem, ProblemsError
from infra.settings import Settings
from stacks import pools

ACCOUNTS: Mapping[Platform, str] = MappingProxyType(
    {
        "aws": "the twelve digits of an AWS account, in quotes",
        "gcp": "the id of a project",
        "azure": "the id of a subscription",
    }
)
"""Clouds, and what an account is there."""

NAMED = frozenset({"aws", "azure"})
"""Clouds whose clusters let in nobody who is not named."""


def mistakes(settings: Settings) -> Iterator[Problem]:
    """Give one problem for each thing that is missing, unknown or contradicts itself."""
    if settings.platform in ACCOUNTS:
        yield from _place(settings)
    if settings.platform in NAMED and not settings.cluster.admin_principals:
        yield Problem("cluster.admin_principals", "is missing", "who administers the cluster, one or more")
    if settings.platform == "onprem" and not settings.kubeconfig:
        yield Problem("kubeconfig", "is missing", "how to reach the site's cluster, in YAML")
    yield from _pools(settings)


def _place(settings: Settings) -> Iterator[Problem]:
    said = "region" in settings.model_fields_set
    named = {"region": settings.region} if said else {}
    copies = {
        f"stores.{name}.replica_region": store.replica_region for name, store in settings.stores.items()
    }
    for where, region in (named | {where: copy for where, copy in copies.items() if copy}).items():
        try:
            regions.get(settings.platform, region)
        except CatalogError as error:
            yield Problem(where, str(error))
    if not said:
        yield Problem("region", "is missing", f"a region of {settings.platform}")
    if not settings.account:
        yield Problem("account", "is missing", ACCOUNTS[settings.platform])


def _pools(settings: Settings) -> Iterator[Problem]:
    """Ask the cluster's own reader; a pool that comes to no machine is a problem of its own."""
    sound = {}
    for name, pool in settings.cluster.pools.items():
        with suppress(ValueError):
            pools.resolve(settings, pool)
            sound[name] = pool
    cluster = settings.cluster.model_copy(update={"pools": sound})
    args = pools.pool_args(settings.model_copy(update={"cluster": cluster}))
    reader = Reader("GpuCluster", {"pools": args}, ("pools",))
    found = parse_pools(settings.platform, settings.region, reader)
    try:
        reader.done()
    except ProblemsError as error:
        yield from (replace(one, where=f"cluster.{one.where}") for one in error.problems)
        return
    if settings.platform in ACCOUNTS and len(sound) == len(settings.cluster.pools):
        yield from (replace(one, where=f"cluster.{one.where}") for one in unmanned(found.values()))
