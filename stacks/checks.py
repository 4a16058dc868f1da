"""What only the stacks can say about settings: the options of workloads, and what a platform can't do yet."""

from collections.abc import Iterator

from infra.problems import Problem
from infra.settings import Settings, Stack
from stacks import backends, clouds, options


def mistakes(settings: Stack) -> Iterator[Problem]:
    """Give every mistake that the settings' own model can't see."""
    if isinstance(settings, Settings):
        yield from backends.missing(settings)
        yield from clouds.mistakes(settings)
    yield from options.mistakes(settings)
