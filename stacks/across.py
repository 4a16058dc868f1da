"""Two environments side by side: whether what spans them can be built, known before anything is made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from infra.catalog import regions
from infra.problems import Problem, ProblemsError, nearest
from infra.settings import Hybrid
from stacks.ground import PoolFacts, StoreFacts
from stacks.reference import Reference
from stacks.seats import Seat

SITES, CLOUDS = ("onprem",), ("aws",)
"""Platforms of each role: the far end of a line and identities from afar are built for these."""


@dataclass(frozen=True)
class Across:
    """A site and a cloud, and what of them a hybrid stack uses; made by `check`, so that all of it is there."""

    site: Reference
    """Where the training is."""
    cloud: Reference
    """Where the run is kept, and its model served."""
    training: Seat
    """The site's pool that trains."""
    serving: Seat
    """The cloud's pool that serves."""
    store: StoreFacts
    """The cloud's store that keeps the run."""


def check(settings: Hybrid, site: Reference, cloud: Reference) -> Across:
    """Put both sides together.

    Raises:
        ProblemsError: Carries everything that does not fit, each with the name of its stack.
    """
    problems = [*_platforms(site, cloud), *_ranges(site, cloud), *_names(settings, site, cloud)]
    if not problems:
        problems = [*_trust(settings, site), *_files(settings, cloud), *_classes(settings, site, cloud)]
    if problems:
        raise ProblemsError("the stack can't span these two", problems)
    return Across(
        site=site,
        cloud=cloud,
        training=seat(site, settings.training.pool, "training"),
        serving=seat(cloud, settings.serving.pool, "serving"),
        store=cloud.ground.stores[settings.training.store],
    )


def seat(of: Reference, name: str | None, purpose: str) -> Seat:
    """Give a pool of another stack as a seat: the one of that name, or the only one of that purpose."""
    found = name or _fitting(of, purpose)[0]
    pool = of.ground.cluster.pools[found]
    return Seat(found, pool.machine, pool.nodes, pool.accelerators, pool.fabric, pool.networks)


def _platforms(site: Reference, cloud: Reference) -> Iterator[Problem]:
    for role, stack, allowed in (("site", site, SITES), ("cloud", cloud, CLOUDS)):
        if stack.ground.platform not in allowed:
            text = f"{stack.stack} is on {stack.ground.platform}"
            yield Problem(f"references.{role}", text, f"a stack on {', '.join(allowed)}")


def _ranges(site: Reference, cloud: Reference) -> Iterator[Problem]:
    here, there = IPv4Network(site.ground.network.cidr), IPv4Network(cloud.ground.network.cidr)
    if here.overlaps(there):
        text = f"{here} of {site.stack} overlaps {there} of {cloud.stack}"
        yield Problem("line", text, "ranges that do not overlap: change network.cidr of one of both")


def _names(settings: Hybrid, site: Reference, cloud: Reference) -> Iterator[Problem]:
    training, serving = settings.training, settings.serving
    yield from _pool("training.pool", training.pool, "training", site)
    yield from _pool("serving.pool", serving.pool, "serving", cloud)
    yield from _known("training.store", training.store, cloud.ground.stores, cloud)
    if serving.store != training.store:
        yield Problem("serving.store", f"given {serving.store!r}", f"{training.store}, where the run is kept")


def _pool(where: str, given: str | None, purpose: str, stack: Reference) -> Iterator[Problem]:
    pools: Mapping[str, PoolFacts] = stack.ground.cluster.pools
    if given is not None:
        yield from _known(where, given, pools, stack)
    elif len(fit := _fitting(stack, purpose)) != 1:
        text = f"{stack.stack} has {len(fit)} pools for {purpose}, and none is named"
        yield Problem(where, text, ", ".join(fit or pools) or "none")


def _fitting(stack: Reference, purpose: str) -> list[str]:
    return sorted(name for name, pool in stack.ground.cluster.pools.items() if pool.purpose == purpose)


def _known(where: str, given: str, names: Mapping[str, object], stack: Reference) -> Iterator[Problem]:
    if given not in names:
        yield Problem(
            where, f"{stack.stack} has no {given!r}", ", ".join(names) or "none", nearest(given, names)
        )


def _trust(settings: Hybrid, site: Reference) -> Iterator[Problem]:
    del settings
    if not site.ground.cluster.issuer:
        text = (
            f"{site.stack} does not say who signs its cluster's tokens, so no cloud can trust its workloads"
        )
        yield Problem("references.site", text, f"cluster.issuer in the stack file of {site.stack}")


def _files(settings: Hybrid, cloud: Reference) -> Iterator[Problem]:
    """The server vLLM reads a model from files; the bundled one reads it from the store."""
    volume = cloud.ground.volume
    if settings.serving.options.get("engine") == "vllm" and (
        volume is None or volume.store != settings.serving.store
    ):
        text = f"vllm reads files, and {cloud.stack} has no file system over {settings.serving.store}"
        yield Problem("serving.options.engine", text, f"causeway, or filesystem in {cloud.stack}")


def _classes(settings: Hybrid, site: Reference, cloud: Reference) -> Iterator[Problem]:
    """What is kept in a store of another stack may not be allowed more here than it is there."""
    name = cloud.ground.stores[settings.training.store].data_class
    ours = settings.data_classes.get(name)
    if ours is None:
        text = f"{name!r}, the class of {settings.training.store} in {cloud.stack}, is missing"
        yield Problem("data_classes", text, f"{name}: {{jurisdictions: …}}")
        return
    for stack in (site, cloud):
        theirs = stack.ground.data_classes.get(name)
        if theirs and not all(regions.named(one).within(theirs) for one in ours.jurisdictions):
            text = f"given {', '.join(ours.jurisdictions)}; {stack.stack} allows {', '.join(theirs)}"
            yield Problem(f"data_classes.{name}.jurisdictions", text, "no more than there")
