"""TPU slices: which shapes a machine type can build, and how many nodes a shape takes."""

import re
from dataclasses import dataclass
from math import prod

from infra.catalog.machines import Machine
from infra.catalog.rows import CatalogError
from infra.problems import nearest

# cluster-toolkit pkg/config/hardware.go; xpk system_characteristics.py
FLAT = ("1x1", "2x2", "2x4", "4x4", "4x8", "8x8", "8x16", "16x16")
"""The shapes of v5e and v6e."""

SMALL = ("1x1x1", "2x2x1", "2x2x2", "2x2x4", "2x4x4")
"""The shapes of v5p and 7x that are smaller than a cube of 4x4x4."""


@dataclass(frozen=True)
class Slice:
    """A set of chips that are wired together."""

    topology: str
    """Its shape, for example `4x4x8`."""
    chips: int
    """How many chips."""
    nodes: int
    """How many machines."""

    @property
    def hosts(self) -> str:
        """Say in GKE's words whether it is a `single-host` or a `multi-host` slice."""
        return "single-host" if self.nodes == 1 else "multi-host"

    @property
    def label(self) -> dict[str, str]:
        """Give the node label of the shape."""
        return {"cloud.google.com/gke-tpu-topology": self.topology}


def slice_of(machine: Machine, topology: str) -> Slice:
    """Work out the slice of a shape on a machine type.

    Raises:
        CatalogError: The machine has no TPU, or cannot build that shape; the text says what it can.
    """
    if machine.topology is None:
        raise CatalogError(f"{machine.name} has no TPU, so no topology")
    _check(machine, topology)
    chips = prod(_sides(topology))
    nodes, rest = divmod(chips, machine.gpus)
    if rest or (machine.gpus == 1 and nodes > 1):
        text = f"{topology} has {chips} chips, {machine.name} has {machine.gpus} a node"
        raise CatalogError(f"{text}: choose a topology of {_nodes(machine)}")
    return Slice(topology, chips, nodes)


def shape(machine: Machine, chips: int) -> str | None:
    """Give the first listed shape of exactly so many chips that the machine type builds. None: there is none."""
    known = FLAT if machine.topology == "2d" else SMALL
    return next((one for one in known if prod(_sides(one)) == chips), None)


def _nodes(machine: Machine) -> str:
    return "one chip" if machine.gpus == 1 else f"a multiple of {machine.gpus} chips"


def _sides(topology: str) -> tuple[int, ...]:
    return tuple(int(side) for side in topology.split("x"))


def _check(machine: Machine, topology: str) -> None:
    shape = r"\d+x\d+" if machine.topology == "2d" else r"\d+x\d+x\d+"
    if not re.fullmatch(shape, topology):
        example = "4x4" if machine.topology == "2d" else "4x4x4"
        raise CatalogError(
            f"{topology!r} is no {machine.topology} topology of {machine.name}: write it like {example}"
        )
    known = FLAT if machine.topology == "2d" else SMALL
    if topology in known or (machine.topology == "3d" and _of_cubes(topology, machine.cubes or 0)):
        return
    turned = "x".join(map(str, sorted(_sides(topology))))
    close = turned if turned in known else nearest(topology, known)
    more = (
        ""
        if machine.topology == "2d"
        else f", or sides that rise by fours, up to {machine.cubes} cubes of 4x4x4"
    )
    ending = f". Did you mean {close!r}?" if close else ""
    raise CatalogError(f"{machine.name} cannot build {topology}: it builds {', '.join(known)}{more}{ending}")


def _of_cubes(topology: str, most: int) -> bool:
    sides = _sides(topology)
    rising = list(sides) == sorted(sides)
    return rising and all(side % 4 == 0 for side in sides) and 0 < prod(sides) // 64 <= most
