"""Two environments side by side: whether what spans them can be built, known before anything is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from infra.catalog import regions
from infra.problems import Problem, ProblemsError
from infra.settings import Hybrid
from stacks import fitting
from stacks.reference import Known, Reference
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


def check(settings: Hybrid, site: Reference, cloud: Reference) -> Across:
    """Put both sides together.

    Raises:
        ProblemsError: Carries everything that does not fit, each with the name of its stack.
    """
    if problems := mistakes(settings, site, cloud):
        raise ProblemsError("the stack can't span these two", problems)
    return Across(site, cloud, Seat.of(site.ground.cluster.pools, settings.training.pool, "training"))


def mistakes(settings: Hybrid, site: Known, cloud: Known) -> list[Problem]:
    """Give everything that does not fit, each with the name of its stack."""
    problems = [*_platforms(site, cloud), *_ranges(site, cloud), *_names(settings, site, cloud)]
    return problems or [
        *_trust(site),
        *fitting.files(settings.serving, cloud),
        *fitting.room(settings.training, None, site),
        *fitting.room(None, settings.serving, cloud),
        *_classes(settings, site, cloud),
    ]


def _platforms(site: Known, cloud: Known) -> Iterator[Problem]:
    for role, stack, allowed in (("site", site, SITES), ("cloud", cloud, CLOUDS)):
        if stack.ground.platform not in allowed:
            text = f"{stack.stack} is on {stack.ground.platform}"
            yield Problem(f"references.{role}", text, f"a stack on {', '.join(allowed)}")


def _ranges(site: Known, cloud: Known) -> Iterator[Problem]:
    here, there = IPv4Network(site.ground.network.cidr), IPv4Network(cloud.ground.network.cidr)
    if here.overlaps(there):
        text = f"{here} of {site.stack} overlaps {there} of {cloud.stack}"
        yield Problem("line", text, "ranges that do not overlap: change network.cidr of one of both")


def _names(settings: Hybrid, site: Known, cloud: Known) -> Iterator[Problem]:
    training, serving = settings.training, settings.serving
    yield from fitting.pool("training.pool", training.pool, "training", site)
    yield from fitting.pool("serving.pool", serving.pool, "serving", cloud)
    yield from fitting.known("training.store", training.store, cloud.ground.stores, cloud)
    if serving.store != training.store:
        yield Problem("serving.store", f"given {serving.store!r}", f"{training.store}, where the run is kept")


def _trust(site: Known) -> Iterator[Problem]:
    if not site.ground.cluster.issuer:
        text = (
            f"{site.stack} does not say who signs its cluster's tokens, so no cloud can trust its workloads"
        )
        yield Problem("references.site", text, f"cluster.issuer in the stack file of {site.stack}")


def _classes(settings: Hybrid, site: Known, cloud: Known) -> Iterator[Problem]:
    """What is kept in a store of another stack may not be allowed more here than it is there."""
    name = cloud.ground.stores[settings.training.store].data_class
    ours = settings.data_classes.get(name)
    if ours is None:
        text = f"{name!r}, the class of {settings.training.store} in {cloud.stack}, is missing"
        yield Problem("data_classes", text, f"{name}: {{jurisdictions: …}}")
        return
    for stack in (site, cloud):
        promised = stack.ground.data_classes.get(name)
        theirs = promised.jurisdictions if promised else ()
        if theirs and not all(regions.named(one).within(theirs) for one in ours.jurisdictions):
            text = f"given {', '.join(ours.jurisdictions)}; {stack.stack} allows {', '.join(theirs)}"
            yield Problem(f"data_classes.{name}.jurisdictions", text, "no more than there")
