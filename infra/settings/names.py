"""Names inside the settings: what may be one, and what they point to."""

import re
from collections.abc import Iterator, Mapping

from infra.catalog import machines
from infra.problems import Problem, nearest
from infra.settings import guests
from infra.settings.hybrid import Hybrid
from infra.settings.model import Settings
from infra.settings.tenant import Tenant

UNSAID = "?"
"""Stands for a name that was not given, where the rest is looked at all the same."""

_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,38}[a-z0-9])?")


def mistakes(settings: Settings | Hybrid | Tenant) -> Iterator[Problem]:
    """Give one problem for each name that can't be one, and for each that points to nothing."""
    if isinstance(settings, Settings):
        yield from _misnamed("stores", settings.stores)
        yield from _misnamed("cluster.pools", settings.cluster.pools)
        yield from _misnamed("links", settings.links)
        for name, store in settings.stores.items():
            yield from _misnamed(f"stores.{name}.guests", store.guests)
    if isinstance(settings, Settings | Hybrid):
        yield from _misnamed("data_classes", settings.data_classes)
    yield from dangling(settings)


def _misnamed(where: str, names: Mapping[str, object]) -> Iterator[Problem]:
    """Folders of this machine and buckets of clouds are called by these names."""
    for name in names:
        if name != UNSAID and not _NAME.fullmatch(name):
            allowed = "1 to 40 of a-z, 0-9, '-', '_' and '.', a letter or digit at both ends"
            yield Problem(f"{where}.{name}", "not a name that every platform can take", allowed)


def dangling(settings: Settings | Hybrid | Tenant) -> Iterator[Problem]:
    """Give one problem for each name that points to nothing; names of another stack are known when it is read."""
    if isinstance(settings, Tenant):
        yield from _idle(settings)
    if not isinstance(settings, Settings):
        return
    for where, given, known in _uses(settings):
        if given not in known:
            allowed = ", ".join(known) or "none is defined yet"
            yield Problem(where, f"{given!r} does not exist", allowed, nearest(given, known))
    yield from guests.mistakes(settings)
    if settings.budget.own and settings.platform != "onprem":
        text = f"prices of own machines, but platform {settings.platform} has none"
        yield Problem("budget.own", text, "nothing, or platform: onprem")


def _idle(settings: Tenant) -> Iterator[Problem]:
    if not (settings.training or settings.serving):
        yield Problem("stands_on", "nothing stands there", "training, serving or both")


def _uses(settings: Settings) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    classes, stores, pools = settings.data_classes, settings.stores, settings.cluster.pools
    for name, store in stores.items():
        yield f"stores.{name}.data_class", store.data_class, classes
    if filesystem := settings.filesystem:
        yield "filesystem.data_class", filesystem.data_class, classes
        yield "filesystem.store", filesystem.store, stores
    for path, section in (("training", settings.training), ("serving", settings.serving)):
        if section:
            yield f"{path}.store", section.store, stores
            if section.pool:
                yield f"{path}.pool", section.pool, pools
    yield from ((f"budget.rates.{pool}", pool, pools) for pool in settings.budget.rates)
    if own := settings.budget.own:
        known = {machine.name: machine for machine in machines.all("onprem")}
        yield from ((f"budget.own.machines.{name}", name, known) for name in own.machines)
