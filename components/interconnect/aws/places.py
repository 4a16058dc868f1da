"""Meeting points of Direct Connect: where ports of our own are, or a connection that a carrier brought to us."""

from dataclasses import dataclass

HOSTED = "dxcon-"
"""How ids of connections begin (Direct Connect API, ConnectionId); no code of a location does."""


@dataclass(frozen=True)
class Place:
    """A meeting point, and the region whose it is: some regions have one only, and the gateway joins all of them."""

    code: str
    """AWS's code, for example `EQSK1`; the id of a carrier's connection, for example `dxcon-fg5678gh`."""
    region: str | None
    """Its region. None: the environment's own."""

    @classmethod
    def of(cls, text: str) -> "Place":
        """Read `CODE`, or `region/CODE` for a place of another region."""
        region, _, code = text.rpartition("/")
        return cls(code, region or None)

    @property
    def hosted(self) -> bool:
        """Whether a carrier made the connection, of which ours is one part of its port."""
        return self.code.startswith(HOSTED)
