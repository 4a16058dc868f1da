"""What each workload may do with which store: the least that it needs."""

from infra.settings import Settings, Training

RUN: str = Training.model_fields["run"].default
"""Where in its store a model is that no training of the same stack makes."""


def run(settings: Settings) -> str:
    """Say where in its store a run keeps tokens, checkpoints and the model."""
    return settings.training.run if settings.training else RUN


def of(settings: Settings, store: str) -> dict[str, dict[str, str]]:
    """Give the rights on one store, by workload."""
    found = {}
    if settings.training and settings.training.store == store:
        found["pretrain"] = {"access": "write", "prefix": run(settings)}
    if settings.serving and settings.serving.store == store:
        found["serve"] = {"access": "read", "prefix": run(settings)}
    return found
