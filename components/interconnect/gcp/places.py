"""Meeting points of Cloud Interconnect, and the edge availability domain of each. Pure functions."""

import re
from dataclasses import dataclass

from components.interconnect.shape import InterconnectSpec
from infra.problems import Problem, ProblemsError

_OWN = re.compile(r"(?P<metro>[a-z]+\d*)-zone(?P<zone>[12])-(?P<site>\d+)")
_PARTNER = re.compile(r"availability-domain-(?P<zone>[12])")


@dataclass(frozen=True)
class Place:
    """Where a port is."""

    name: str
    """Google's name of the location, or of the domain for a partner's port."""
    domain: str
    """The edge availability domain: Google never maintains both of a metro at once."""
    partner: bool
    """Whether the port is a partner's."""


def places(spec: InterconnectSpec) -> list[Place]:
    """Give where the ports are; a second device of a location stands in the other edge availability domain.

    Raises:
        ProblemsError: A location is not named as Google names them.
    """
    found, problems = [], []
    for name in spec.locations:
        if own := _OWN.fullmatch(name):
            zones = [own["zone"], "12".replace(own["zone"], "")][: spec.devices]
            found += [
                Place(f"{own['metro']}-zone{zone}-{own['site']}", f"zone{zone}", False) for zone in zones
            ]
        elif theirs := _PARTNER.fullmatch(name):
            found.append(Place(name, f"zone{theirs['zone']}", True))
        else:
            allowed = "fra-zone1-58 for a port of your own, availability-domain-1 for a partner's"
            problems.append(Problem("locations", f"given {name!r}", f"names such as {allowed}"))
    if problems:
        raise ProblemsError("Interconnect can't be built on Google Cloud", problems)
    return found
