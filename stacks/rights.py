"""What each workload may do with which store: the least that it needs."""

from infra import naming
from infra.settings import Guest, Serving, Settings, Training

RUN: str = Training.model_fields["run"].default
"""Where in its store a model is that no training of the same stack makes."""


def served(serving: Serving, training: Training | None) -> str:
    """Say which run of its store an endpoint serves."""
    return serving.run or (training.run if training else RUN)


DOES = {"pretrain": "write", "serve": "read"}
"""By workload of a guest: what it does with its store."""


def of(settings: Settings, store: str) -> dict[str, dict[str, str]]:
    """Give the rights on one store, by workload: those of this stack, and those of its guests."""
    found, training, serving = {}, settings.training, settings.serving
    if training and training.store == store:
        found["pretrain"] = {"access": "write", "prefix": training.run}
    if serving and serving.store == store:
        found["serve"] = {"access": "read", "prefix": served(serving, training)}
    for stack, guest in settings.stores[store].guests.items():
        found |= _welcome(stack, guest)
    return found


def _welcome(stack: str, guest: Guest) -> dict[str, dict[str, str]]:
    """Give the rights of a guest's workloads, by the names that its own stack gives them (`Host.name`)."""
    return {
        naming.name(stack, workload): {"access": access, "prefix": guest.at(stack), "stack": stack}
        for workload, access in DOES.items()
        if access in {"read", guest.access}
    }
