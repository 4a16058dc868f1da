"""CPU bindings of GPUDirect-TCPX: which cores serve which interface, for sending and for receiving."""

from collections.abc import Mapping

from infra.catalog.rows import CatalogError


def parse(text: str) -> Mapping[str, frozenset[int]]:
    """Read bindings such as `eth1:8-21,112-125;eth2:8-21`.

    Raises:
        CatalogError: The text is no list of bindings.
    """
    return {name: _cores(cores) for name, _, cores in (part.partition(":") for part in text.split(";"))}


def _cores(text: str) -> frozenset[int]:
    try:
        ranges = [tuple(map(int, part.split("-"))) for part in text.split(",")]
    except ValueError:
        raise CatalogError(f"{text!r} is no list of cores: write it like 8-21,112-125") from None
    return frozenset(core for low, *high in ranges for core in range(low, (high or [low])[0] + 1))


def shared(sending: str, receiving: str) -> frozenset[int]:
    """Give the cores that both send and receive: there must be none, or both directions starve.

    Raises:
        CatalogError: A text is no list of bindings.
    """
    out = frozenset[int]().union(*parse(sending).values())
    back = frozenset[int]().union(*parse(receiving).values())
    return out & back
