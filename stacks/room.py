"""Whether a workload's pods find room on a machine of their pool: what never fits would wait for ever.

Processors and memory are no matter of it: a pod asks for no more than its share (`components.kubernetes.pods`).
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from infra.catalog import machines, room
from infra.problems import Problem
from infra.settings import Pool, Serving, Settings, Training
from stacks import pools
from workloads.pretrain.spec import PretrainSpec
from workloads.serve.spec import ServeSpec


@dataclass(frozen=True)
class Asked:
    """What one pod of a workload asks of a node."""

    where: str
    """The workload in the settings: training or serving."""
    pool: str | None
    """The pool that it names. None: the first one of its purpose."""
    accelerators: int
    """Accelerators; 0 where it takes all that the machine has, or none."""
    disk_gib: int
    """Disk of the node."""


@dataclass(frozen=True)
class Offered:
    """What a node of a pool has for pods."""

    pool: str
    """The pool, as the reader finds it."""
    machine: machines.Machine
    """Its machine type."""
    disk_gib: int
    """Disk; 0 where nobody knows."""


def mistakes(settings: Settings) -> Iterator[Problem]:
    """Give one problem for each workload that asks for more than a machine of its pool has."""
    named = {} if settings.here else settings.cluster.pools
    for wish in asked(settings.training, settings.serving):
        name = wish.pool or next((name for name, pool in named.items() if pool.purpose == wish.where), "")
        # a pool that is not there, or comes to no machine, is a problem of its own
        with suppress(KeyError, ValueError):
            pool = named[name]
            machine, _ = pools.resolve(settings, pool)
            yield from fits(wish, Offered(f"cluster.pools.{name}", machine, disk(settings, pool)))


def asked(training: Training | None, serving: Serving | None) -> Iterator[Asked]:
    """Say what the pods of workloads ask for; options that are wrong are a problem of their own."""
    with suppress(ValueError):
        if training:
            yield Asked("training", training.pool, 0, PretrainSpec.parse(training.options).disk_gib)
    with suppress(ValueError):
        if serving:
            pod = ServeSpec.parse(serving.options).pod("")
            yield Asked("serving", serving.pool, pod.accelerators, pod.disk_gib)


def fits(wish: Asked, there: Offered) -> Iterator[Problem]:
    """Hold one pod against a node."""
    machine = there.machine
    if wish.accelerators > machine.gpus:
        text = f"given {wish.accelerators}, and {machine.name} has {machine.gpus}"
        yield Problem(f"{wish.where}.options.accelerators", text, f"at most {machine.gpus} there")
    if 0 < there.disk_gib < wish.disk_gib:
        text = (
            f"asks for {wish.disk_gib} GiB of disk on each node, of which pods on {machine.name} have "
            f"{there.disk_gib} in {there.pool}"
        )
        least = room.least_root_gib(machine, wish.disk_gib)
        larger = "a machine with larger local disks"
        yield Problem(wish.where, text, f"disk_gib: {least} or more in {there.pool}" if least else larger)


def disk(settings: Settings, pool: Pool) -> int:
    """Give the disk that pods may take of each node of a pool in GiB; 0 where nobody knows.

    Raises:
        ValueError: The pool comes to no machine.
    """
    sizes: Mapping[str, int] = room.ROOT_GIB.get(settings.platform, {})
    if not sizes or room.REPLACED & pool.options.keys():
        return 0
    machine, _ = pools.resolve(settings, pool)
    return room.disk_gib(machine, pool.disk_gib or sizes[pool.purpose]) or 0
