"""Whether an environment takes in a tenant: known before anything is made."""

from collections.abc import Iterator

from infra.problems import Problem
from infra.settings import Tenant
from stacks import fitting
from stacks.ground import ClassFacts
from stacks.reference import Known

OPEN = ("aws", "gcp", "azure")
"""Platforms on which a stack can give rights on a store that another one made; a site's store names its users."""


def mistakes(settings: Tenant, below: Known) -> Iterator[Problem]:
    """Give everything that does not fit, each with the name of the environment's stack."""
    if below.ground.platform not in OPEN:
        text = f"stores of {below.stack}, on {below.ground.platform}, let in the workloads of their own stack alone"
        yield Problem("stands_on", text, f"a stack on {', '.join(OPEN)}")
        return
    for name in settings.data_classes:
        yield from fitting.known("data_classes", name, below.ground.data_classes, below)
    if training := settings.training:
        yield from fitting.pool("training.pool", training.pool, "training", below)
        yield from _store("training.store", training.store, settings, below)
        yield from _run(settings, below)
    if serving := settings.serving:
        yield from fitting.pool("serving.pool", serving.pool, "serving", below)
        yield from _store("serving.store", serving.store, settings, below)
        yield from fitting.files(serving, below)


def promises(settings: Tenant, below: Known) -> dict[str, ClassFacts]:
    """Give the classes of data that the tenant touches, as the environment promises them."""
    sections = [one for one in (settings.training, settings.serving) if one]
    used = [below.ground.stores[one.store].data_class for one in sections]
    return {name: below.ground.data_classes[name] for name in settings.data_classes or dict.fromkeys(used)}


def _store(where: str, given: str, settings: Tenant, below: Known) -> Iterator[Problem]:
    """Look for a store, and at the class of what it holds."""
    missing = list(fitting.known(where, given, below.ground.stores, below))
    yield from missing
    if missing or not settings.data_classes:
        return
    held = below.ground.stores[given].data_class
    if held not in settings.data_classes:
        text = f"{given} of {below.stack} holds {held}, which data_classes leaves out"
        yield Problem(where, text, f"a store of {', '.join(settings.data_classes)}")


def _run(settings: Tenant, below: Known) -> Iterator[Problem]:
    """Two trainers that write to one run would overwrite each other."""
    training = settings.training
    store = below.ground.stores.get(training.store) if training else None
    # a run that is not named gets the name of the stack, which no other has
    if training and store and "run" in training.model_fields_set and training.run == store.run:
        yield Problem("training.run", f"{below.stack} itself trains in {training.run}", "another name")
