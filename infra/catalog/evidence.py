"""What NCCL's log proves: which network carried the job, over how many devices, and how fast."""

import re

from infra.catalog import fabric
from infra.catalog.machines import Machine
from infra.problems import Problem

_SOCKET = re.compile(r"Using network Socket|via NET/Socket")
_COUNTED = re.compile(r"\(found (\d+) nics\)")
_LISTED = re.compile(r"NET/(?:IB|gIB) : Using (.*)")


def devices(log: str) -> int | None:
    """Count the fabric devices that NCCL says it found; the fewest of all ranks. None: the log does not say."""
    counted = [int(number) for number in _COUNTED.findall(log)]
    listed = [len(re.findall(r"\[\d+\]\S+:\d+/", line)) for line in _LISTED.findall(log)]
    numbers = [number for number in counted + listed if number]
    return min(numbers) if numbers else None


def judge(machine: Machine, log: str, gbytes: float | None = None) -> tuple[Problem, ...]:
    """Judge a job that crossed machines; an empty answer is a pass.

    Args:
        machine: The machine type it ran on.
        log: NCCL's output with NCCL_DEBUG=INFO.
        gbytes: The bus bandwidth that it reached in GB/s. Default: not measured.
    """
    of = fabric.of(machine)
    found: list[Problem] = []
    if _SOCKET.search(log):
        found.append(Problem(machine.name, "NCCL fell back to sockets", f"{of.title} only"))
    elif of.log and not re.search(of.log, log):
        found.append(Problem(machine.name, f"NCCL's log does not show {of.title}", f"a line like {of.log}"))
    seen = devices(log)
    if seen is not None and seen != machine.nics:
        found.append(Problem(machine.name, f"NCCL found {seen} fabric devices", f"{machine.nics}"))
    return (*found, *_speed(machine, gbytes))


def _speed(machine: Machine, gbytes: float | None) -> tuple[Problem, ...]:
    if gbytes is None:
        return ()
    floor = fabric.floor(machine)
    if floor and gbytes < floor.gbytes:
        return (
            Problem(
                machine.name, f"{gbytes:g} GB/s of bus bandwidth", f"{floor.gbytes:g} or more: {floor.why}"
            ),
        )
    return ()
