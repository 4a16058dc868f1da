"""What each workload may do with which store: the least that it needs."""

from infra.settings import Settings

RUN = "runs/pretrain"
"""Where in its store a training run keeps tokens, checkpoints and the model."""


def of(settings: Settings, store: str) -> dict[str, dict[str, str]]:
    """Give the rights on one store, by workload."""
    found = {}
    if settings.training and settings.training.store == store:
        found["pretrain"] = {"access": "write", "prefix": RUN}
    if settings.serving and settings.serving.store == store:
        found["serve"] = {"access": "read", "prefix": RUN}
    return found
