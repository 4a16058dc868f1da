"""The options that a stack file hands to a workload, checked by the workload's own description and by its pool."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Protocol

from infra.problems import Problem
from infra.settings import Settings, Stack
from stacks import pools, room
from workloads.pretrain.spec import PretrainSpec
from workloads.serve.spec import ServeSpec


class _Parser(Protocol):
    def __call__(self, given: Mapping[str, Any], /) -> object: ...


def mistakes(settings: Stack) -> Iterator[Problem]:
    """Give one problem for each mistake in the options of workloads, pool that comes to no machine, or lack of room."""
    if isinstance(settings, Settings):
        yield from pools.mistakes(settings)
        yield from room.mistakes(settings)
    if settings.training:
        wrong = list(_check("training.options", PretrainSpec.parse, settings.training.options))
        yield from wrong or _corpus(settings.training.options, here=settings.here)
    if settings.serving:
        parse = partial(ServeSpec.parse, where="options")
        yield from _check("serving.options", parse, settings.serving.options)


def _corpus(options: Mapping[str, Any], *, here: bool) -> Iterator[Problem]:
    """Look at a corpus on the disk of this machine, where the job would find it; elsewhere only the job can."""
    if here:
        try:
            PretrainSpec.parse(options).check_corpus()
        except ValueError as error:
            yield Problem("training.options.corpus", str(error))


def _check(path: str, parse: _Parser, options: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        parse(options)
    except ValueError as error:
        told = str(error).splitlines()
        for line in [one for one in told if one.startswith("  ")] or told:
            text = line.strip().removeprefix("- ").removeprefix("options.")
            key = text.split(maxsplit=1)[0].strip(":'\"`")
            where = f"{path}.{key}" if key in options else path
            yield Problem(where, text.removeprefix(f"{key}: "))
