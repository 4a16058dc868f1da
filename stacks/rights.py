"""What each workload may do with which store: the least that it needs."""

from infra.settings import Serving, Settings, Training

RUN: str = Training.model_fields["run"].default
"""Where in its store a model is that no training of the same stack makes."""


def served(serving: Serving, training: Training | None) -> str:
    """Say which run of its store an endpoint serves."""
    return serving.run or (training.run if training else RUN)


def of(settings: Settings, store: str) -> dict[str, dict[str, str]]:
    """Give the rights on one store, by workload."""
    found, training, serving = {}, settings.training, settings.serving
    if training and training.store == store:
        found["pretrain"] = {"access": "write", "prefix": training.run}
    if serving and serving.store == store:
        found["serve"] = {"access": "read", "prefix": served(serving, training)}
    return found
