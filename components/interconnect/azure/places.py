"""Meeting points: where own ports are, or where a carrier brings us."""

from collections.abc import Iterable
from dataclasses import dataclass

from infra import naming


@dataclass(frozen=True)
class Place:
    """One meeting point of ExpressRoute."""

    name: str
    """As Azure names it: of own ports for example Equinix-Amsterdam-AM5, of a carrier's for example Amsterdam."""
    carrier: str
    """The carrier, as Azure names it; empty for ports of one's own."""

    def label(self, link: str) -> str:
        """Name what a link has here."""
        return f"{link}-{naming.name(*filter(None, (self.carrier, self.name)))}"


def places(locations: Iterable[str]) -> list[Place]:
    """Read `name` and `carrier/name`."""
    parts = (location.rpartition("/") for location in locations)
    return [Place(name, carrier) for carrier, _, name in parts]
