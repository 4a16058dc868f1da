"""Whether every part that an environment asks for can be built on its platform, known before anything is made."""

from collections.abc import Iterator

from infra.platforms import supported
from infra.problems import Problem
from infra.settings import Settings

ALWAYS = ("key_ring", "object_store", "gpu_cluster")
"""Capabilities of every environment."""


def missing(settings: Settings) -> Iterator[Problem]:
    """Give one problem for each capability that has no backend for the platform."""
    for capability in wanted(settings):
        there = supported(capability)
        if settings.platform not in there:
            file = f"components/{capability}/{settings.platform}.py"
            text = f"{capability} has no {settings.platform} backend yet (it would be {file})"
            yield Problem("platform", text, ", ".join(there))


def wanted(settings: Settings) -> tuple[str, ...]:
    """List the capabilities that the blueprint builds from these settings."""
    training = ("training_job",) if settings.training else ()
    serving = ("inference_service",) if settings.serving else ()
    return (*ALWAYS, *training, *serving)
