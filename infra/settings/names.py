"""Names inside the settings that point to other parts of the settings."""

from collections.abc import Iterator, Mapping

from infra.catalog import machines
from infra.problems import Problem, nearest
from infra.settings.hybrid import Hybrid
from infra.settings.model import Settings
from infra.settings.tenant import Tenant


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
