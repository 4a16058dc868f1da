"""Whether an environment takes in a tenant: known before anything is made."""

from collections.abc import Iterator

from infra.problems import Problem
from infra.settings import Tenant, guests, own_run
from stacks import fitting, rights
from stacks.ground import ClassFacts
from stacks.reference import Known


def settled(settings: Tenant, stack: str) -> Tenant:
    """Keep a run that was not named apart from the runs of other stacks, by the stack's own name."""
    training = settings.training
    if training is None or "run" in training.model_fields_set:
        return settings
    own = training.model_copy(update={"run": own_run(stack)})
    return settings.model_copy(update={"training": own})


def mistakes(settings: Tenant, below: Known, stack: str) -> Iterator[Problem]:
    """Give everything that does not fit, each with the name of the environment's stack.

    Args:
        settings: The tenant's.
        below: The environment.
        stack: The tenant's own name.
    """
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
    yield from fitting.room(settings.training, settings.serving, below)
    if below.ground.site:
        yield from _welcome(settled(settings, stack), below, stack)


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


def _welcome(settings: Tenant, below: Known, stack: str) -> Iterator[Problem]:
    """A site's store says itself who may do what in which folder; elsewhere the tenant's own identities do."""
    training, serving = settings.training, settings.serving
    if training:
        yield from _guest("training", training.store, training.run, below, stack)
    if serving:
        yield from _guest("serving", serving.store, rights.served(serving, training), below, stack)


def _guest(section: str, name: str, run: str, below: Known, stack: str) -> Iterator[Problem]:
    store = below.ground.stores.get(name)
    if store is None:
        return  # told already
    guest, there = store.guests.get(stack), f"{name} of {below.stack}"
    mend = f"in stores.{name}.guests of {below.stack}'s stack file, then `causeway up {below.stack}`"
    if guest is None:
        text = f"{there} lets in {', '.join(store.guests) or 'no other stack'}"
        yield Problem(f"{section}.store", text, f"a store that names {stack}: `{stack}: {{}}` {mend}")
    elif section == "training" and guest.access == "read":
        text = f"{stack} may only read in {there}"
        yield Problem("training.store", text, f"serving alone, or `access: write` {mend}")
    elif not guests.inside(run, guest.folder):
        text = f"{stack} sees {guest.folder} of {there} alone, not {run}"
        yield Problem(f"{section}.run", text, f"{guest.folder} or below it, or another `folder` {mend}")
